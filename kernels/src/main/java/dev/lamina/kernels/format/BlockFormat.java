package dev.lamina.kernels.format;

import java.lang.foreign.MemorySegment;

/**
 * How the elements of one tensor type are laid out in memory, and the scalar dequantization that
 * defines what they mean: every faster kernel is tested against it. All numbers are little-endian;
 * blocks may lie at any address.
 */
public interface BlockFormat {
  /** Elements per block, the smallest run of a row that can be dequantized by itself. */
  int blockSize();

  /** Bytes per block. */
  int blockBytes();

  /**
   * Dequantizes one block.
   *
   * @param offset byte offset of the block in {@code src}
   * @param dst receives {@link #blockSize()} values from {@code dstOffset} on
   * @throws IndexOutOfBoundsException if the block or the values do not fit
   */
  void dequantizeBlock(MemorySegment src, long offset, float[] dst, int dstOffset);

  /**
   * Dequantizes consecutive blocks.
   *
   * @param offset byte offset of the first block in {@code src}
   * @param nElements a multiple of {@link #blockSize()}
   * @param dst receives {@code nElements} values from {@code dstOffset} on
   * @throws IllegalArgumentException if {@code nElements} is not a multiple of the block size
   * @throws IndexOutOfBoundsException if the blocks or the values do not fit
   */
  default void dequantize(
      MemorySegment src, long offset, int nElements, float[] dst, int dstOffset) {
    if (nElements < 0 || nElements % blockSize() != 0) {
      throw new IllegalArgumentException(
          nElements + " elements are not a multiple of the block size " + blockSize());
    }
    long at = offset;
    for (int i = 0; i < nElements; i += blockSize(), at += blockBytes()) {
      dequantizeBlock(src, at, dst, dstOffset + i);
    }
  }
}
