package dev.lamina.cpu.machine;

import dev.lamina.cpu.kernel.PlainProducts;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.system.CodeMemory;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * Products with machine code, see {@link FloatKernel}. Weights that are not F32, F16 or BF16 are
 * first dequantized, which is slow: they should be repacked.
 */
final class FloatProducts implements PlainProducts {
  /** Bytes of weights of a call; during a call the garbage collector must wait. */
  private static final int BYTES_AT_ONCE = 1 << 20;

  private final MachineKernels kernels;
  private final TensorType type;

  /** The type that is multiplied. */
  private final TensorType multiplied;

  FloatProducts(MachineKernels kernels, TensorType type) {
    this.kernels = kernels;
    this.type = type;
    this.multiplied = type.blockSize() == 1 ? type : TensorType.F32;
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
    if (nTokens == 0 || rowBegin == rowEnd) {
      return;
    }
    checkRange(xOffset, xStride, nTokens, columns, x.length);
    checkRange(yOffset + rowBegin, yStride, nTokens, rowEnd - rowBegin, y.length);
    long rowBytes = multiplied.bytes(columns);
    int atOnce = Math.clamp(BYTES_AT_ONCE / rowBytes, 1, rowEnd - rowBegin);
    if (atOnce > FloatKernel.ROWS) {
      atOnce -= atOnce % FloatKernel.ROWS;
    }
    for (int r = rowBegin; r < rowEnd; r += atOnce) {
      int n = Math.min(atOnce, rowEnd - r);
      long from = weights.address() + r * rowBytes;
      if (multiplied != type) {
        from = dequantized(weights, columns, r, n, scratch).address();
      }
      multiply(from, columns, n, x, xOffset, xStride, nTokens, y, yOffset + r, yStride, scratch);
    }
  }

  private static void checkRange(int at, int stride, int tokens, int n, int length) {
    Objects.checkFromIndexSize(at, n, length);
    Objects.checkFromIndexSize(at + (tokens - 1L) * stride, n, length);
  }

  /** Some rows as F32. */
  private MemorySegment dequantized(
      MemorySegment weights, int columns, int first, int n, Scratch scratch) {
    MemorySegment floats = scratch.floats((long) n * columns);
    float[] row = scratch.row(columns);
    for (int r = 0; r < n; r++) {
      type.format().dequantize(weights, (first + r) * type.bytes(columns), columns, row, 0);
      MemorySegment.copy(
          row, 0, floats, ValueLayout.JAVA_FLOAT, (long) Float.BYTES * r * columns, columns);
    }
    return floats;
  }

  private void multiply(
      long weights,
      int columns,
      int n,
      float[] x,
      int xAt,
      int xStride,
      int nTokens,
      float[] y,
      int yAt,
      int yStride,
      Scratch scratch) {
    MemorySegment array = scratch.segment(x);
    int most = FloatKernel.tokens(kernels.tier());
    for (int t = 0; t < nTokens; t += most) {
      int tokens = Math.min(most, nTokens - t);
      long from = Float.BYTES * (xAt + (long) t * xStride);
      int to = yAt + t * yStride;
      if (sameArray(x, y)) {
        call(
            tokens,
            true,
            weights,
            columns,
            n,
            array,
            from,
            (long) Float.BYTES * to,
            xStride,
            yStride);
        continue;
      }
      MemorySegment results = scratch.results((long) tokens * n);
      call(tokens, false, weights, columns, n, array, from, results.address(), xStride, n);
      for (int i = 0; i < tokens; i++) {
        long at = (long) Float.BYTES * i * n;
        MemorySegment.copy(results, ValueLayout.JAVA_FLOAT, at, y, to + i * yStride, n);
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // the same array, not an equal one
  private static boolean sameArray(float[] x, float[] y) {
    return x == y;
  }

  /**
   * Calls a kernel, without checks.
   *
   * @param xAt bytes from the start of the array
   * @param yAt the same of the results if they are in the array; otherwise their address
   * @param xStride floats from token to token
   */
  void call(
      int tokens,
      boolean inArray,
      long weights,
      int columns,
      int rows,
      MemorySegment array,
      long xAt,
      long yAt,
      int xStride,
      int yStride) {
    CodeMemory.call(
        kernels.function(multiplied, inArray, tokens),
        weights,
        columns | (long) rows << 32,
        array,
        xAt,
        yAt,
        (long) Float.BYTES * xStride | (long) Float.BYTES * yStride << 32);
  }
}
