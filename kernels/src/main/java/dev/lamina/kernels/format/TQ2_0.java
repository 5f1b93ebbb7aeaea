package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.u8;

import java.lang.foreign.MemorySegment;

/**
 * Ternary, 2 bits an element: {@code x = d * (q - 1)}; q = 3 is not produced but dequantizes to 2
 * d.
 *
 * <pre>
 *   0  qs  64 bytes, four elements each
 *  64  d   f16 scale
 * </pre>
 *
 * <p>Element i is bits {@code 2 * (i / 32 % 4)} of {@code qs[i / 128 * 32 + i % 32]}. Source: ggml
 * {@code block_tq2_0}.
 */
public final class TQ2_0 implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 256;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 66;

  /** Byte offset in the block: 64 bytes of 2-bit elements. */
  public static final int QS = 0;

  /** Byte offset in the block: scale, f16. */
  public static final int D = 64;

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
      int q = u8(src, offset + QS + i / 128 * 32 + i % 32) >> 2 * (i / 32 % 4) & 3;
      dst[dstOffset + i] = d * (q - 1);
    }
  }
}
