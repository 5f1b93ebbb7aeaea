package dev.lamina.cpu;

import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.gguf.GgufTensor;
import java.lang.foreign.MemorySegment;

/**
 * Rows of a weight matrix in memory that kernels can read safely. Rows of a mapped file are copied,
 * because vector loads and machine code crash if a mapped page is lost.
 */
final class WeightRows {
  private final GgufTensor tensor;
  private final MemorySegment memory;
  private final long rowBytes;

  /**
   * @param memory the whole matrix; null to copy rows on demand
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
   * Some rows, from byte 0 of the result on. The result is valid until the next call with the same
   * scratch.
   *
   * @throws dev.lamina.gguf.GgufFormatException if the file has become shorter since it was opened
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
