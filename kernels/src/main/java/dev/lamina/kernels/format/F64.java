package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f64;

import java.lang.foreign.MemorySegment;

/** IEEE 754 binary64, little-endian, rounded to the nearest float. Source: GGUF {@code F64}. */
public final class F64 implements BlockFormat {
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
    dst[dstOffset] = (float) f64(src, offset);
  }
}
