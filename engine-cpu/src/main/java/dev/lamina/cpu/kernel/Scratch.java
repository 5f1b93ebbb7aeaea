package dev.lamina.cpu.kernel;

/** Working memory of one worker for {@link MatMul}; about 80 KiB, so that it stays in its cache. */
public final class Scratch {
  final Codes codes = new Codes();

  final Tiles tiles = new Tiles();

  /** Dequantised weights, {@link MatMul#PANEL_ROWS} rows. */
  final float[] panel = new float[MatMul.PANEL_ROWS * MatMul.PANEL_COLUMNS];
}
