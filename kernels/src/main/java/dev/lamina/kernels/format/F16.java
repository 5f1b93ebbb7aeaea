package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f16;

import java.lang.foreign.MemorySegment;

/**
 * IEEE 754 binary16, little-endian; exact in a float, subnormals included. Source: GGUF {@code
 * F16}.
 */
public final class F16 implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 1;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 2;

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
    dst[dstOffset] = f16(src, offset);
  }
}
