package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.u8;

import java.lang.foreign.MemorySegment;

/**
 * 2 bits an element, a 4-bit scale and a 4-bit minimum per 16: {@code x = d * sc * q - dmin * m}.
 *
 * <pre>
 *   0  scales  16 bytes, one per 16 elements: scale (low nibble), minimum (high nibble)
 *  16  qs      64 bytes, four elements each
 *  80  d       f16 scale of the scales
 *  82  dmin    f16 scale of the minima
 * </pre>
 *
 * <p>Element i is bits {@code 2 * (i / 32 % 4)} of {@code qs[i / 128 * 32 + i % 32]}. Source: ggml
 * {@code block_q2_K}.
 */
public final class Q2_K implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 256;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 84;

  /** Byte offset in the block: 16 bytes of 4-bit scales and minima. */
  public static final int SCALES = 0;

  /** Byte offset in the block: 64 bytes of 2-bit elements. */
  public static final int QS = 16;

  /** Byte offset in the block: scale of the scales, f16. */
  public static final int D = 80;

  /** Byte offset in the block: scale of the minima, f16. */
  public static final int DMIN = 82;

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
    float dmin = f16(src, offset + DMIN);
    for (int sub = 0; sub < 16; sub++) {
      int scale = u8(src, offset + SCALES + sub);
      float dl = d * (scale & 15);
      float ml = dmin * (scale >> 4);
      for (int i = 16 * sub; i < 16 * sub + 16; i++) {
        int q = u8(src, offset + QS + i / 128 * 32 + i % 32) >> 2 * (i / 32 % 4) & 3;
        dst[dstOffset + i] = dl * q - ml;
      }
    }
  }
}
