package dev.lamina.cpu.kernel;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;

/**
 * Products of a weight matrix with activations, for one type of weights. Weights are dequantized on
 * the fly and accumulated in float32. Immutable and shared by all threads; nothing is allocated.
 */
public final class MatMul {
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
    RowReader reader =
        switch (type) {
          case F32 -> new F32Rows();
          case F16 -> new F16Rows();
          case BF16 -> new Bf16Rows();
          default -> CodedRows.of(type, unpacker(type));
        };
    return new MatMul(type, reader);
  }

  static Unpacker unpacker(TensorType type) {
    return switch (type) {
      case Q4_0 -> new LegacyQuants.Q4Zero();
      case Q4_1 -> new LegacyQuants.Q4One();
      case Q5_0 -> new LegacyQuants.Q5Zero();
      case Q5_1 -> new LegacyQuants.Q5One();
      case Q8_0 -> new LegacyQuants.Q8Zero();
      case Q2_K -> new KQuants.Q2K();
      case Q3_K -> new KQuants.Q3K();
      case Q4_K -> new KQuants.Q4K();
      case Q5_K -> new KQuants.Q5K();
      case Q6_K -> new KQuants.Q6K();
      case IQ1_S -> new Grid1Quants.Iq1S();
      case IQ1_M -> new Grid1Quants.Iq1M();
      case IQ2_XXS -> new Grid2Quants.Iq2Xxs();
      case IQ2_XS -> new Grid2Quants.Iq2Xs();
      case IQ2_S -> new Grid2Quants.Iq2S();
      case IQ3_XXS -> new Grid3Quants.Iq3Xxs();
      case IQ3_S -> new Grid3Quants.Iq3S();
      case IQ4_NL -> new TableQuants.Iq4Nl();
      case IQ4_XS -> new TableQuants.Iq4Xs();
      case TQ1_0 -> new TernaryQuants.Tq1();
      case TQ2_0 -> new TernaryQuants.Tq2();
      case MXFP4 -> new TableQuants.MxFp4();
      case NVFP4 -> new TableQuants.NvFp4();
      case F32, F16, BF16, F64, I8, I16, I32, I64, Q8_1, Q8_K, Q1_0, Q2_0 ->
          throw new IllegalArgumentException("no matrix of weights has type " + type);
    };
  }

  /** The type of the weights. */
  public TensorType type() {
    return type;
  }

  /**
   * Some rows of {@code y = W x}: for r in [rowBegin, rowEnd) and t in [0, nTokens), {@code
   * y[yOffset + t * yStride + r] = sum over k of W[r, k] * x[xOffset + t * xStride + k]}.
   *
   * @param weights W, row by row without gaps from byte 0 on; native or mapped memory (kernels that
   *     meet several kinds of memory run many times slower)
   * @param columns of W, a multiple of the type's block size
   * @param rowBegin first row; threads share a matrix by disjoint ranges
   * @throws IllegalArgumentException if the weights are on the heap or the columns are no multiple
   *     of the block size
   * @throws IndexOutOfBoundsException if the weights, x or y are too short
   */
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
    check(weights, columns, rowBegin, rowEnd);
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
        scratch.tiles.multiplyAdd(
            scratch.panel, nRows, n, x, xOffset + k, xStride, nTokens, y, yOffset + r, yStride);
      }
    }
  }

  private void decodePanel(
      MemorySegment weights, long offset, long rowBytes, int nRows, int n, Scratch scratch) {
    for (int i = 0; i < nRows; i++) {
      int at = i * PANEL_COLUMNS;
      reader.decode(weights, offset + i * rowBytes, n, scratch.panel, at, scratch.codes);
    }
  }

  /**
   * Dequantizes one row, with exactly the result of the scalar reference (an embedding look-up).
   *
   * @param weights as for {@link #rows}
   * @param dst receives {@code columns} values from {@code dstOffset} on
   */
  public void row(
      MemorySegment weights, int columns, long row, float[] dst, int dstOffset, Scratch scratch) {
    check(weights, columns, row, row + 1);
    Objects.checkFromIndexSize(dstOffset, columns, dst.length);
    reader.decode(weights, row * type.bytes(columns), columns, dst, dstOffset, scratch.codes);
  }

  private void check(MemorySegment weights, int columns, long rowBegin, long rowEnd) {
    if (!weights.isNative()) {
      throw new IllegalArgumentException("weights are on the heap, expected native memory");
    }
    if (columns % type.blockSize() != 0) {
      throw new IllegalArgumentException(
          columns + " columns of " + type + ", expected a multiple of " + type.blockSize());
    }
    long rowBytes = type.bytes(columns);
    Objects.checkFromToIndex(rowBegin * rowBytes, rowEnd * rowBytes, weights.byteSize());
  }
}
