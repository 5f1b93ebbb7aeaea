package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.u8;

import dev.lamina.kernels.codebook.Codebooks;
import java.lang.foreign.MemorySegment;

/**
 * NVIDIA FP4 (E2M1), an unsigned FP8 (E4M3) scale per 16: {@code x = scale / 2 * table[q]}, the
 * table holding twice the E2M1 values. The scale of the whole tensor, where a model has one, is a
 * tensor of its own.
 *
 * <pre>
 *  0  d   4 scales, one per 16 elements
 *  4  qs  32 bytes, two elements each
 * </pre>
 *
 * <p>Element i is the low ({@code i / 8} even) or high nibble of {@code qs[i / 16 * 8 + i % 8]}.
 * Source: ggml {@code block_nvfp4}; table {@link Codebooks#e2m1()}.
 */
public final class NVFP4 implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 64;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 36;

  /** Byte offset in the block: 4 scales, UE4M3. */
  public static final int D = 0;

  /** Byte offset in the block: 32 bytes of nibbles. */
  public static final int QS = 4;

  @Override
  public int blockSize() {
    return BLOCK_SIZE;
  }

  @Override
  public int blockBytes() {
    return BLOCK_BYTES;
  }

  /**
   * Half of an unsigned E4M3 number (bias 7, bit 7 ignored), the factor of table values; the NaN
   * code 0x7f gives 0, as in ggml.
   */
  public static float scale(int ue4m3) {
    int exponent = ue4m3 >> 3 & 15;
    int mantissa = ue4m3 & 7;
    if (ue4m3 == 0x7f) {
      return 0;
    }
    return exponent == 0
        ? Math.scalb((float) mantissa, -10)
        : Math.scalb((float) (8 + mantissa), exponent - 11);
  }

  @Override
  public void dequantizeBlock(MemorySegment src, long offset, float[] dst, int dstOffset) {
    byte[] table = Codebooks.e2m1();
    for (int sub = 0; sub < 4; sub++) {
      float d = scale(u8(src, offset + D + sub));
      int at = dstOffset + 16 * sub;
      for (int j = 0; j < 8; j++) {
        int q = u8(src, offset + QS + 8 * sub + j);
        dst[at + j] = d * table[q & 15];
        dst[at + j + 8] = d * table[q >> 4];
      }
    }
  }
}
