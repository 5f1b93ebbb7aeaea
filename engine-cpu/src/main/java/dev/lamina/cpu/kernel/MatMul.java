package dev.lamina.cpu.kernel;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Products of a weight matrix with activations, with the Vector API. Weights are dequantized on the
 * fly and accumulated in float32. Immutable and shared by all threads; nothing is allocated.
 */
public final class MatMul implements PlainProducts {
  /** Number of rows that are dequantized together and then multiplied with all tokens. */
  static final int PANEL_ROWS = 16;

  /**
   * Columns of the panel. It fits the second-level cache; the same columns of four tokens fit the
   * first.
   */
  static final int PANEL_COLUMNS = 1024;

  private final TensorType type;
  private final RowReader reader;

  private MatMul(TensorType type, RowReader reader) {
    this.type = type;
    this.reader = reader;
  }

  /**
   * @throws IllegalArgumentException if no matrix of weights has this type
   */
  public static MatMul of(TensorType type) {
    return new MatMul(type, reader(type));
  }

  static RowReader reader(TensorType type) {
    return switch (type) {
      case F32 -> new F32Rows();
      case F16 -> new F16Rows();
      case BF16 -> new Bf16Rows();
      default -> CodedRows.of(type, Unpackers.of(type));
    };
  }

  @Override
  public TensorType type() {
    return type;
  }

  @Override
  public void rows(
      MemorySegment weights,
      int columns,
      int rowBegin,
      int rowEnd,
      float[] x,
      int xOffset,
      int xStride,
      int nTokens,
      float[] y,
      int yOffset,
      int yStride,
      Scratch scratch) {
    PlainProducts.check(type, weights, columns, rowBegin, rowEnd);
    long rowBytes = type.bytes(columns);
    if (nTokens == 1) {
      for (int r = rowBegin; r < rowEnd; r++) {
        y[yOffset + r] = reader.dot(weights, r * rowBytes, columns, x, xOffset, scratch.codes);
      }
      return;
    }
    for (int r = rowBegin; r < rowEnd; r += PANEL_ROWS) {
      int nRows = Math.min(PANEL_ROWS, rowEnd - r);
      for (int t = 0; t < nTokens; t++) {
        int at = yOffset + t * yStride + r;
        Arrays.fill(y, at, at + nRows, 0);
      }
      for (int k = 0; k < columns; k += PANEL_COLUMNS) {
        int n = Math.min(PANEL_COLUMNS, columns - k);
        long offset = r * rowBytes + type.bytes(k);
        decodePanel(weights, offset, rowBytes, nRows, n, scratch);
        scratch
            .vector()
            .tiles
            .multiplyAdd(
                scratch.vector().panel,
                nRows,
                n,
                x,
                xOffset + k,
                xStride,
                nTokens,
                y,
                yOffset + r,
                yStride);
      }
    }
  }

  private void decodePanel(
      MemorySegment weights, long offset, long rowBytes, int nRows, int n, Scratch scratch) {
    for (int i = 0; i < nRows; i++) {
      int at = i * PANEL_COLUMNS;
      reader.decode(weights, offset + i * rowBytes, n, scratch.vector().panel, at, scratch.codes);
    }
  }
}
