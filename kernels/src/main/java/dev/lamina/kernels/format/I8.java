package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.i8;

import java.lang.foreign.MemorySegment;

/** Signed 8-bit integers. Source: GGUF {@code I8}. */
public final class I8 implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 1;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 1;

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
    dst[dstOffset] = i8(src, offset);
  }
}
