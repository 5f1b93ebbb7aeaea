package dev.lamina.cpu;

import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.gguf.GgufTensor;
import java.lang.foreign.MemorySegment;

/**
 * Rows of a weight matrix in memory that kernels may touch. Those of a file are copied, because
 * vector loads and machine code crash where a mapped page is lost.
 */
final class WeightRows {
  private final GgufTensor tensor;
  private final MemorySegment memory;
  private final long rowBytes;

  /**
   * @param memory all of the matrix; null to copy rows when they are asked for
   */
  WeightRows(GgufTensor tensor, MemorySegment memory) {
    this.tensor = tensor;
    this.memory = memory;
    this.rowBytes = tensor.type().bytes(tensor.columns());
  }

  /** Bytes of a row. */
  long rowBytes() {
    return rowBytes;
  }

  /** Whether {@link #rows} copies. */
  boolean copies() {
    return memory == null;
  }

  /**
   * Some rows, from byte 0 of the result on, which is valid until the next call with this scratch.
   *
   * @throws dev.lamina.gguf.GgufFormatException if the file lost them since it was opened
   */
  MemorySegment rows(long first, int n, Scratch scratch) {
    if (memory != null) {
      return memory.asSlice(first * rowBytes, n * rowBytes);
    }
    MemorySegment rows = scratch.rows(n * rowBytes);
    tensor.copy(first * rowBytes, rows, 0, n * rowBytes);
    return rows;
  }
}
