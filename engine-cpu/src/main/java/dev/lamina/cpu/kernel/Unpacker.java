package dev.lamina.cpu.kernel;

import java.lang.foreign.MemorySegment;

/** Splits the blocks of one quantized type into integer codes and scales. */
interface Unpacker {
  /** Weights per scale: 16 or 32. */
  int group();

  /** Whether groups have a minimum; otherwise {@link Codes#mins} is left alone. */
  default boolean hasMins() {
    return false;
  }

  /**
   * Unpacks consecutive blocks from the start of {@code dst} on.
   *
   * @param weights native memory
   * @param offset byte offset of the first block
   * @param nBlocks at most {@link Codes#CAPACITY} weights
   */
  void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst);
}
