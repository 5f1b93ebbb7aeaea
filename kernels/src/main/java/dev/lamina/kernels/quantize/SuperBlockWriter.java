package dev.lamina.kernels.quantize;

import java.lang.foreign.MemorySegment;

/** Writes a block of several groups, laid out as its type has it. */
interface SuperBlockWriter {
  /**
   * @param at byte offset of the block
   */
  void write(SuperBlock block, MemorySegment dst, long at);
}
