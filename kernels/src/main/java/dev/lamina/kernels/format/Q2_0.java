package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.u8;

import java.lang.foreign.MemorySegment;

/**
 * 2 bits an element, one scale per 64: {@code x = d * (q - 1)}.
 *
 * <pre>
 *  0  d   f16 scale
 *  2  qs  16 bytes, four elements each, the first in the lowest bits
 * </pre>
 *
 * Source: ggml {@code block_q2_0}.
 */
public final class Q2_0 implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 64;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 18;

  /** Byte offset in the block: scale, f16. */
  public static final int D = 0;

  /** Byte offset in the block: 16 bytes of 2-bit elements. */
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
      int q = u8(src, offset + QS + i / 4) >> 2 * (i % 4) & 3;
      dst[dstOffset + i] = d * (q - 1);
    }
  }
}
