package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f32;

import java.lang.foreign.MemorySegment;

/** IEEE 754 binary32, little-endian: the values themselves. Source: GGUF {@code F32}. */
public final class F32 implements BlockFormat {
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
    dst[dstOffset] = f32(src, offset);
  }
}
