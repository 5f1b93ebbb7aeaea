package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.u8;

import java.lang.foreign.MemorySegment;

/**
 * 3 bits an element, a signed 6-bit scale per 16: {@code x = d * (sc - 32) * q}, {@code q} in
 * -4..3.
 *
 * <pre>
 *    0  hmask   32 bytes of high bits
 *   32  qs      64 bytes, the low two bits of four elements each
 *   96  scales  12 bytes, 16 scales of 6 bits
 *  108  d       f16 scale of the scales
 * </pre>
 *
 * <p>The low bits of element i are bits {@code 2 * (i / 32 % 4)} of {@code qs[i / 128 * 32 + i %
 * 32]}; bit {@code i / 32} of {@code hmask[i % 32]} is set when 4 is NOT to be subtracted. Scale s
 * has its low nibble in {@code scales[s % 8]} (high half of the byte from s = 8 on) and its upper
 * bits at {@code 2 * (s / 4)} of {@code scales[8 + s % 4]}. Source: ggml {@code block_q3_K}.
 */
public final class Q3_K implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 256;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 110;

  /** Byte offset in the block: 32 bytes of high bits. */
  public static final int HMASK = 0;

  /** Byte offset in the block: 64 bytes of 2-bit elements. */
  public static final int QS = 32;

  /** Byte offset in the block: 12 bytes of 6-bit scales. */
  public static final int SCALES = 96;

  /** Byte offset in the block: scale of the scales, f16. */
  public static final int D = 108;

  @Override
  public int blockSize() {
    return BLOCK_SIZE;
  }

  @Override
  public int blockBytes() {
    return BLOCK_BYTES;
  }

  /**
   * Scale of 16 elements, -32 to 31.
   *
   * @param block byte offset of the super-block
   * @param sub 0 to 15
   */
  public static int scale(MemorySegment src, long block, int sub) {
    int low = u8(src, block + SCALES + sub % 8) >> 4 * (sub / 8) & 15;
    int high = u8(src, block + SCALES + 8 + sub % 4) >> 2 * (sub / 4) & 3;
    return (low | high << 4) - 32;
  }

  @Override
  public void dequantizeBlock(MemorySegment src, long offset, float[] dst, int dstOffset) {
    float d = f16(src, offset + D);
    for (int sub = 0; sub < 16; sub++) {
      float dl = d * scale(src, offset, sub);
      for (int i = 16 * sub; i < 16 * sub + 16; i++) {
        int low = u8(src, offset + QS + i / 128 * 32 + i % 32) >> 2 * (i / 32 % 4) & 3;
        int high = u8(src, offset + HMASK + i % 32) >> i / 32 & 1;
        dst[dstOffset + i] = dl * (low - 4 * (1 - high));
      }
    }
  }
}
