package dev.lamina.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Working memory of one worker for {@link MatMul} and {@link PackedMatMul}. */
public final class Scratch {
  /** Number of units to pack together, so that a row is read in long pieces. */
  static final int PACKED_UNITS = 4;

  private static final int MAX_GROUPS = Packing.UNIT / 16;

  final Codes codes = new Codes();

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

  final IndexPacker indexPacker = new IndexPacker();

  /** Units of a strip that are being packed. */
  final int[] unitWords = new int[PACKED_UNITS * Packing.ROWS * (Packing.UNIT + 64) / 4];

  /** Activations of a block, rounded. */
  final int[] rounded = new int[32];

  private MemorySegment rows = MemorySegment.NULL;

  private float[] products = {};

  private final ArraySegments segments = new ArraySegments();

  /** Memory for rows of a file's weights. Its contents are undefined. */
  @SuppressWarnings("MustBeClosed") // freed with this object
  public MemorySegment rows(long bytes) {
    if (rows.byteSize() < bytes) {
      rows = Arena.ofAuto().allocate(bytes, Packing.LINE);
    }
    return rows;
  }

  /** Memory for the products of some rows and tokens. Its contents are undefined. */
  public float[] products(int length) {
    if (products.length < length) {
      products = new float[length];
    }
    return products;
  }

  /** An array as a segment, see {@link ArraySegments}. */
  public MemorySegment segment(float[] array) {
    return segments.of(array);
  }
}
