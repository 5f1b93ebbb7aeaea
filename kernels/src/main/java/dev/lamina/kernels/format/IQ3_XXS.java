package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.i32;
import static dev.lamina.kernels.format.LittleEndian.u8;

import dev.lamina.kernels.codebook.Codebooks;
import java.lang.foreign.MemorySegment;

/**
 * 3.06 bits an element: codebook of 256 magnitude quartets, signs of even parity, 4-bit scale per
 * 32: {@code x = d * (0.5 + sc) / 2 * magnitude * sign}.
 *
 * <pre>
 *   0  d                 f16 scale
 *   2  qs                64 bytes, the codebook indices of 4 elements each
 *  66  scales and signs  8 u32, one per 32 elements: 4 x 7 bits of sign index (for 8 elements each),
 *                        then the 4-bit scale
 * </pre>
 *
 * Source: ggml {@code block_iq3_xxs}; codebook {@link Codebooks#iq3xxs()}, signs {@link
 * Codebooks#evenSigns()}.
 */
public final class IQ3_XXS implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 256;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 98;

  /** Byte offset in the block: scale, f16. */
  public static final int D = 0;

  /** Byte offset in the block: 64 index bytes. */
  public static final int QS = 2;

  /** Byte offset in the block: 8 u32 of four sign indices and a scale. */
  public static final int SCALES_AND_SIGNS = 66;

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
    int[] grid = Codebooks.iq3xxs();
    byte[] signs = Codebooks.evenSigns();
    for (int k = 0; k < 32; k++) {
      int word = i32(src, offset + SCALES_AND_SIGNS + k / 4 * 4);
      float dl = d * (0.5f + (word >>> 28)) * 0.5f;
      int sign = signs[word >>> 7 * (k % 4) & 127];
      int first = grid[u8(src, offset + QS + 2 * k)];
      int second = grid[u8(src, offset + QS + 2 * k + 1)];
      Grids.signed8(Grids.join(first, second), sign, dl, dst, dstOffset + 8 * k);
    }
  }
}
