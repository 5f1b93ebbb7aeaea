package dev.lamina.cpu.kernel;

/** Working memory of one worker for kernels with the Vector API. */
final class VectorScratch {
  private static final int MAX_GROUPS = Packing.UNIT / 16;

  final Tiles tiles = new Tiles();

  /** Dequantized weights, {@link MatMul#PANEL_ROWS} rows; stays in the second-level cache. */
  final float[] panel = new float[MatMul.PANEL_ROWS * MatMul.PANEL_COLUMNS];

  /** Codes of two strips, see {@link PackedPanel}. */
  final short[] codePanel = new short[PackedTiles.ROWS * Packing.UNIT];

  /** Scales and minima of two strips, [groups, rows]. */
  final float[] scales = new float[PackedTiles.ROWS * MAX_GROUPS];

  final float[] mins = new float[PackedTiles.ROWS * MAX_GROUPS];

  /** Sums of a tile, [groups, 8 vectors]. */
  final short[] shortSums = new short[8 * MAX_GROUPS * Lanes.S.length()];

  final PackedDot dot = new PackedDot();

  final PackedLook look = new PackedLook();

  /** Activations of a block, rounded. */
  final int[] rounded = new int[32];
}
