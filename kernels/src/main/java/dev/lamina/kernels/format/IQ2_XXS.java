package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.i32;
import static dev.lamina.kernels.format.LittleEndian.u8;

import dev.lamina.kernels.codebook.Codebooks;
import java.lang.foreign.MemorySegment;

/**
 * 2.06 bits an element: codebook of 256 magnitude octets, signs of even parity, 4-bit scale per 32:
 * {@code x = d * (0.5 + sc) / 4 * magnitude * sign}.
 *
 * <pre>
 *  0  d   f16 scale
 *  2  qs  8 groups of 32 elements, 8 bytes each:
 *         0  4 bytes, the codebook indices of 8 elements each
 *         4  u32: 4 x 7 bits of sign index, then the 4-bit scale
 * </pre>
 *
 * Source: ggml {@code block_iq2_xxs}; codebook {@link Codebooks#iq2xxs()}, signs {@link
 * Codebooks#evenSigns()}.
 */
public final class IQ2_XXS implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 256;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 66;

  /** Byte offset in the block: scale, f16. */
  public static final int D = 0;

  /** Byte offset in the block: 8 groups of 4 indices and a u32 of signs and scale. */
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
    long[] grid = Codebooks.iq2xxs();
    byte[] signs = Codebooks.evenSigns();
    for (int group = 0; group < 8; group++) {
      long at = offset + QS + 8 * group;
      int word = i32(src, at + 4);
      float dl = d * (0.5f + (word >>> 28)) * 0.25f;
      for (int k = 0; k < 4; k++) {
        int sign = signs[word >>> 7 * k & 127];
        Grids.signed8(grid[u8(src, at + k)], sign, dl, dst, dstOffset + 32 * group + 8 * k);
      }
    }
  }
}
