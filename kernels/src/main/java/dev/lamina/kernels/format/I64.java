package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.i64;

import java.lang.foreign.MemorySegment;

/**
 * Signed 64-bit integers, little-endian, rounded to the nearest float. Source: GGUF {@code I64}.
 */
public final class I64 implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 1;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 8;

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
    dst[dstOffset] = (float) i64(src, offset);
  }
}
