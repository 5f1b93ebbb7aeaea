package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.i8;
import static dev.lamina.kernels.format.LittleEndian.u8;

import java.lang.foreign.MemorySegment;

/**
 * 6 bits an element, an 8-bit scale per 16: {@code x = d * sc * (q - 32)}.
 *
 * <pre>
 *    0  ql      128 bytes, the low four bits of two elements each
 *  128  qh      64 bytes, the high two bits of four elements each
 *  192  scales  16 signed bytes
 *  208  d       f16 scale of the scales
 * </pre>
 *
 * <p>The low bits of element i are the low ({@code i / 64} even) or high nibble of {@code ql[i /
 * 128 * 64 + i % 64]}, the high ones bits {@code 2 * (i / 32 % 4)} of {@code qh[i / 128 * 32 + i %
 * 32]}. Source: ggml {@code block_q6_K}.
 */
public final class Q6_K implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 256;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 210;

  /** Byte offset in the block: 128 bytes of low nibbles. */
  public static final int QL = 0;

  /** Byte offset in the block: 64 bytes of high bit pairs. */
  public static final int QH = 128;

  /** Byte offset in the block: 16 signed scales. */
  public static final int SCALES = 192;

  /** Byte offset in the block: scale of the scales, f16. */
  public static final int D = 208;

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
    for (int sub = 0; sub < 16; sub++) {
      float dl = d * i8(src, offset + SCALES + sub);
      for (int i = 16 * sub; i < 16 * sub + 16; i++) {
        int low = u8(src, offset + QL + i / 128 * 64 + i % 64) >> 4 * (i / 64 % 2) & 15;
        int high = u8(src, offset + QH + i / 128 * 32 + i % 32) >> 2 * (i / 32 % 4) & 3;
        dst[dstOffset + i] = dl * ((low | high << 4) - 32);
      }
    }
  }
}
