package dev.lamina.cpu.kernel;

import java.lang.foreign.MemorySegment;

/** Reads runs of weights of one type. A call covers a row or a large part of one. */
sealed interface RowReader permits CodedRows, F32Rows, F16Rows, Bf16Rows {
  /**
   * Dequantizes {@code n} weights, whole blocks, exactly as the scalar reference does.
   *
   * @param weights native memory
   * @param offset byte offset of the first block
   */
  void decode(MemorySegment weights, long offset, int n, float[] dst, int at, Codes scratch);

  /** Dot product of {@code n} weights, whole blocks, with {@code x[xAt, xAt + n)}. */
  float dot(MemorySegment weights, long offset, int n, float[] x, int xAt, Codes scratch);
}
