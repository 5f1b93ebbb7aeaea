package dev.lamina.kernels.quantize;

import java.lang.foreign.MemorySegment;

/** Quantizes rows of a matrix to the blocks of one tensor type. Threads may share an instance. */
public interface RowQuantizer {
  /**
   * Quantizes a row.
   *
   * @param x has the row's weights from {@code at} on; finite
   * @param columns a multiple of the type's block size
   * @param importance of the columns of this row, from an importance matrix, [columns]; null to
   *     derive it from the weights as the type does
   * @param dst receives the blocks
   * @param offset bytes
   * @throws ScaleRangeException if the weights are too large for the type's scales; {@code dst} is
   *     undefined then
   */
  void quantize(float[] x, int at, int columns, float[] importance, MemorySegment dst, long offset);

  /**
   * Quantizes consecutive rows; several at once, of fewer than some thousand columns each, are
   * faster than one by one.
   *
   * @param importance of the columns, the same for all rows
   * @param rowBytes size of a row's blocks, which follow each other; otherwise as {@link #quantize}
   */
  default void quantizeRows(
      float[] x,
      int at,
      int rows,
      int columns,
      float[] importance,
      MemorySegment dst,
      long offset,
      long rowBytes) {
    for (int row = 0; row < rows; row++) {
      quantize(x, at + row * columns, columns, importance, dst, offset + row * rowBytes);
    }
  }
}
