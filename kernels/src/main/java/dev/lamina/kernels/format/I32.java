package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.i32;

import java.lang.foreign.MemorySegment;

/**
 * Signed 32-bit integers, little-endian, rounded to the nearest float. Source: GGUF {@code I32}.
 */
public final class I32 implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 1;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 4;

  @Override
  public int blockSize() {
    return BLOCK_SIZE;
  }

  @Override
  public int blockBytes() {
    return BLOCK_BYTES;
  }

  @Override
  public void dequantizeBlock(MemorySegment src, long offset, float[] dst, int dstOffset) {
    dst[dstOffset] = (float) i32(src, offset);
  }
}
