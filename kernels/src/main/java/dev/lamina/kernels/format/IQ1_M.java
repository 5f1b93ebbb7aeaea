package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.u16;
import static dev.lamina.kernels.format.LittleEndian.u8;

import dev.lamina.kernels.codebook.Codebooks;
import java.lang.foreign.MemorySegment;

/**
 * 1.75 bits an element: codebook of 2048 ternary octets, 3-bit scale per 16, shift per 8: {@code x
 * = d * (2 sc + 1) * (ternary + delta)}, delta = 0.125 or -0.125.
 *
 * <pre>
 *   0  qs      32 bytes, the low 8 bits of the codebook index of 8 elements each
 *  32  qh      16 bytes, a nibble (low first) per index: its 3 high bits, bit 3 set when delta is
 *              negative
 *  48  scales  4 u16, one per 64 elements: 4 x 3 bits of scale; the top nibbles are the f16 scale d,
 *              lowest nibble first
 * </pre>
 *
 * Source: ggml {@code block_iq1_m}; codebook {@link Codebooks#iq1()}.
 */
public final class IQ1_M implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 256;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 56;

  /** Byte offset in the block: 32 low index bytes. */
  public static final int QS = 0;

  /** Byte offset in the block: 16 bytes of high index bits and shifts. */
  public static final int QH = 32;

  /** Byte offset in the block: 4 u16 of four scales and a nibble of d. */
  public static final int SCALES = 48;

  @Override
  public int blockSize() {
    return BLOCK_SIZE;
  }

  @Override
  public int blockBytes() {
    return BLOCK_BYTES;
  }

  /**
   * The scale d of a super-block.
   *
   * @param block byte offset of the super-block
   */
  public static float d(MemorySegment src, long block) {
    int bits = 0;
    for (int j = 0; j < 4; j++) {
      bits |= (u16(src, block + SCALES + 2 * j) >> 12) << 4 * j;
    }
    return Float.float16ToFloat((short) bits);
  }

  @Override
  public void dequantizeBlock(MemorySegment src, long offset, float[] dst, int dstOffset) {
    float d = d(src, offset);
    long[] grid = Codebooks.iq1();
    for (int k = 0; k < 32; k++) {
      int scale = u16(src, offset + SCALES + k / 8 * 2) >> 3 * (k / 2 % 4) & 7;
      float dl = d * (2 * scale + 1);
      int qh = u8(src, offset + QH + k / 2) >> 4 * (k % 2);
      float delta = (qh & 8) == 0 ? IQ1_S.DELTA : -IQ1_S.DELTA;
      int index = u8(src, offset + QS + k) | (qh & 7) << 8;
      Grids.shifted8(grid[index], delta, dl, dst, dstOffset + 8 * k);
    }
  }
}
