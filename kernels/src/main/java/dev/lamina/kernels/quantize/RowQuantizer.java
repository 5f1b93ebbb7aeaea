package dev.lamina.kernels.quantize;

import java.lang.foreign.MemorySegment;

/** Quantises rows of a matrix to the blocks of one tensor type. Threads may share an instance. */
public interface RowQuantizer {
  /**
   * Quantises a row.
   *
   * @param x has the row's weights from {@code at} on; finite
   * @param columns a multiple of the type's block size
   * @param importance of the columns of this row, from an importance matrix, [columns]; null to
   *     derive it from the weights as the type does
   * @param dst takes the blocks
   * @param offset bytes
   */
  void quantize(float[] x, int at, int columns, float[] importance, MemorySegment dst, long offset);
}
