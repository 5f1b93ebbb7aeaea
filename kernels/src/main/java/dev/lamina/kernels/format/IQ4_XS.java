package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.u16;
import static dev.lamina.kernels.format.LittleEndian.u8;

import dev.lamina.kernels.codebook.Codebooks;
import java.lang.foreign.MemorySegment;

/**
 * 4 bits an element through the table of {@link IQ4_NL}, a signed 6-bit scale per 32: {@code x = d
 * * (sc - 32) * table[q]}.
 *
 * <pre>
 *  0  d         f16 scale of the scales
 *  2  scales_h  u16, the high 2 bits of 8 scales
 *  4  scales_l  4 bytes, the low nibbles of 8 scales, low half first
 *  8  qs        128 bytes, two elements each
 * </pre>
 *
 * <p>Element i is the low ({@code i / 16} even) or high nibble of {@code qs[i / 32 * 16 + i % 16]}.
 * Source: ggml {@code block_iq4_xs}; table {@link Codebooks#iq4nl()}.
 */
public final class IQ4_XS implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 256;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 136;

  /** Byte offset in the block: scale of the scales, f16. */
  public static final int D = 0;

  /** Byte offset in the block: u16 of high scale bits. */
  public static final int SCALES_H = 2;

  /** Byte offset in the block: 4 bytes of low scale nibbles. */
  public static final int SCALES_L = 4;

  /** Byte offset in the block: 128 bytes of nibbles. */
  public static final int QS = 8;

  @Override
  public int blockSize() {
    return BLOCK_SIZE;
  }

  @Override
  public int blockBytes() {
    return BLOCK_BYTES;
  }

  /**
   * Scale of 32 elements, -32 to 31.
   *
   * @param block byte offset of the super-block
   * @param sub 0 to 7
   */
  public static int scale(MemorySegment src, long block, int sub) {
    int low = u8(src, block + SCALES_L + sub / 2) >> 4 * (sub % 2) & 15;
    int high = u16(src, block + SCALES_H) >> 2 * sub & 3;
    return (low | high << 4) - 32;
  }

  @Override
  public void dequantizeBlock(MemorySegment src, long offset, float[] dst, int dstOffset) {
    float d = f16(src, offset + D);
    byte[] table = Codebooks.iq4nl();
    for (int sub = 0; sub < 8; sub++) {
      float dl = d * scale(src, offset, sub);
      int at = dstOffset + 32 * sub;
      for (int j = 0; j < 16; j++) {
        int q = u8(src, offset + QS + 16 * sub + j);
        dst[at + j] = dl * table[q & 15];
        dst[at + j + 16] = dl * table[q >> 4];
      }
    }
  }
}
