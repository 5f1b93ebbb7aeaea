package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.u8;

import java.lang.foreign.MemorySegment;

/**
 * 1 bit an element, one scale per 128: {@code x = d} for a set bit, and else {@code -d}.
 *
 * <pre>
 *  0  d   f16 scale
 *  2  qs  16 bytes, the first element in the lowest bit of the first
 * </pre>
 *
 * Source: ggml {@code block_q1_0}.
 */
public final class Q1_0 implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 128;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 18;

  /** Byte offset in the block: scale, f16. */
  public static final int D = 0;

  /** Byte offset in the block: 16 bytes of bits. */
  public static final int QS = 2;

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
    float d = f16(src, offset + D);
    for (int i = 0; i < BLOCK_SIZE; i++) {
      int bit = u8(src, offset + QS + i / 8) >> i % 8 & 1;
      dst[dstOffset + i] = bit == 1 ? d : -d;
    }
  }
}
