package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.i8;

import java.lang.foreign.MemorySegment;

/**
 * 8 bits an element, one scale per 32: {@code x = d * q}.
 *
 * <pre>
 *  0  d   f16 scale
 *  2  qs  32 signed bytes
 * </pre>
 *
 * Source: ggml {@code block_q8_0}.
 */
public final class Q8_0 implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 32;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 34;

  /** Byte offset in the block: scale, f16. */
  public static final int D = 0;

  /** Byte offset in the block: 32 signed bytes. */
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
      dst[dstOffset + i] = d * i8(src, offset + QS + i);
    }
  }
}
