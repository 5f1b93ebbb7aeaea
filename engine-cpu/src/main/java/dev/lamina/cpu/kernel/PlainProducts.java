package dev.lamina.cpu.kernel;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Products of matrices of one type, in the file's layout, with float activations. */
public interface PlainProducts {
  /** The type of the weights. */
  TensorType type();

  /**
   * Some rows of {@code y = W x}: for r in [rowBegin, rowEnd) and t in [0, nTokens), {@code
   * y[yOffset + t * yStride + r] = sum over k of W[r, k] * x[xOffset + t * xStride + k]}.
   *
   * @param weights W, row by row without gaps from byte 0 on; native or mapped memory (kernels that
   *     meet several kinds of memory run many times slower)
   * @param columns of W, a multiple of the type's block size
   * @param rowBegin first row; threads share a matrix by disjoint ranges
   * @param y may be the same array as x
   * @param scratch of the worker
   * @throws IllegalArgumentException if the weights are on the heap or the columns are no multiple
   *     of the block size
   * @throws IndexOutOfBoundsException if the weights, x or y are too short
   */
  void rows(
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
      Scratch scratch);

  /** Checks the weights for {@link #rows}. */
  static void check(
      TensorType type, MemorySegment weights, int columns, long rowBegin, long rowEnd) {
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
