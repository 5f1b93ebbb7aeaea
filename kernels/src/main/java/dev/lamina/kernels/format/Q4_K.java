package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.u8;

import java.lang.foreign.MemorySegment;

/**
 * 4 bits an element, a 6-bit scale and a 6-bit minimum per 32: {@code x = d * sc * q - dmin * m}.
 *
 * <pre>
 *   0  d       f16 scale of the scales
 *   2  dmin    f16 scale of the minima
 *   4  scales  12 bytes, 8 scales and 8 minima of 6 bits
 *  16  qs      128 bytes, two elements each
 * </pre>
 *
 * <p>Element i is the low ({@code i / 32} even) or high nibble of {@code qs[i / 64 * 32 + i % 32]}.
 * The low six bits of {@code scales[0..3]} are scales 0-3, of {@code scales[4..7]} minima 0-3;
 * {@code scales[8..11]} hold the low nibbles of scales (low half) and minima (high half) 4-7, whose
 * upper two bits are the upper two of bytes 0-3 and 4-7. Source: ggml {@code block_q4_K}.
 */
public final class Q4_K implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 256;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 144;

  /** Byte offset in the block: scale of the scales, f16. */
  public static final int D = 0;

  /** Byte offset in the block: scale of the minima, f16. */
  public static final int DMIN = 2;

  /** Byte offset in the block: 12 bytes of 6-bit scales and minima. */
  public static final int SCALES = 4;

  /** Byte offset in the block: 128 bytes of nibbles. */
  public static final int QS = 16;

  @Override
  public int blockSize() {
    return BLOCK_SIZE;
  }

  @Override
  public int blockBytes() {
    return BLOCK_BYTES;
  }

  /**
   * Scale of 32 elements, 0 to 63.
   *
   * @param block byte offset of the super-block
   * @param sub 0 to 7
   */
  public static int scale(MemorySegment src, long block, int sub) {
    return sub < 4
        ? u8(src, block + SCALES + sub) & 63
        : u8(src, block + SCALES + sub + 4) & 15 | u8(src, block + SCALES + sub - 4) >> 6 << 4;
  }

  /** Minimum of 32 elements, 0 to 63; parameters as of {@link #scale}. */
  public static int min(MemorySegment src, long block, int sub) {
    return sub < 4
        ? u8(src, block + SCALES + sub + 4) & 63
        : u8(src, block + SCALES + sub + 4) >> 4 | u8(src, block + SCALES + sub) >> 6 << 4;
  }

  @Override
  public void dequantizeBlock(MemorySegment src, long offset, float[] dst, int dstOffset) {
    float d = f16(src, offset + D);
    float dmin = f16(src, offset + DMIN);
    for (int sub = 0; sub < 8; sub++) {
      float dl = d * scale(src, offset, sub);
      float ml = dmin * min(src, offset, sub);
      for (int l = 0; l < 32; l++) {
        int q = u8(src, offset + QS + sub / 2 * 32 + l) >> 4 * (sub % 2) & 15;
        dst[dstOffset + 32 * sub + l] = dl * q - ml;
      }
    }
  }
}
