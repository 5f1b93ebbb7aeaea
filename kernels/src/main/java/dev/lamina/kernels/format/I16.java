package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.u16;

import java.lang.foreign.MemorySegment;

/** Signed 16-bit integers, little-endian. Source: GGUF {@code I16}. */
public final class I16 implements BlockFormat {
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
    dst[dstOffset] = (short) u16(src, offset);
  }
}
