package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.u16;
import static dev.lamina.kernels.format.LittleEndian.u8;

import dev.lamina.kernels.codebook.Codebooks;
import java.lang.foreign.MemorySegment;

/**
 * 2.31 bits an element: codebook of 512 magnitude octets, signs of even parity, 4-bit scale per 16:
 * {@code x = d * (0.5 + sc) / 4 * magnitude * sign}.
 *
 * <pre>
 *   0  d       f16 scale
 *   2  qs      32 u16, one per 8 elements: 9 bits of codebook index, 7 of sign index
 *  66  scales  8 bytes, the nibbles (low first) for 16 elements each
 * </pre>
 *
 * Source: ggml {@code block_iq2_xs}; codebook {@link Codebooks#iq2xs()}, signs {@link
 * Codebooks#evenSigns()}.
 */
public final class IQ2_XS implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 256;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 74;

  /** Byte offset in the block: scale, f16. */
  public static final int D = 0;

  /** Byte offset in the block: 32 u16 of codebook and sign index. */
  public static final int QS = 2;

  /** Byte offset in the block: 8 bytes of 4-bit scales. */
  public static final int SCALES = 66;

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
    long[] grid = Codebooks.iq2xs();
    byte[] signs = Codebooks.evenSigns();
    for (int k = 0; k < 32; k++) {
      int scale = u8(src, offset + SCALES + k / 4) >> 4 * (k / 2 % 2) & 15;
      float dl = d * (0.5f + scale) * 0.25f;
      int q = u16(src, offset + QS + 2 * k);
      Grids.signed8(grid[q & 511], signs[q >> 9], dl, dst, dstOffset + 8 * k);
    }
  }
}
