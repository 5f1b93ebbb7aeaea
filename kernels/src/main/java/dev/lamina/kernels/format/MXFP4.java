package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.u8;

import dev.lamina.kernels.codebook.Codebooks;
import java.lang.foreign.MemorySegment;

/**
 * OCP microscaling FP4 (E2M1), a power-of-two scale (E8M0) per 32: {@code x = 2^(e - 128) *
 * table[q]}, the table holding twice the E2M1 values.
 *
 * <pre>
 *  0  e   exponent with bias 127; 0 gives 2^-127 (subnormal), 255 gives 2^128 times E2M1, not NaN
 *  1  qs  16 bytes, two elements each
 * </pre>
 *
 * <p>Element i is the low (i &lt; 16) or high nibble of {@code qs[i % 16]}. Source: ggml {@code
 * block_mxfp4}; table {@link Codebooks#e2m1()}.
 */
public final class MXFP4 implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 32;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 17;

  /** Byte offset in the block: exponent, u8. */
  public static final int E = 0;

  /** Byte offset in the block: 16 bytes of nibbles. */
  public static final int QS = 1;

  @Override
  public int blockSize() {
    return BLOCK_SIZE;
  }

  @Override
  public int blockBytes() {
    return BLOCK_BYTES;
  }

  /** The scale to multiply table values with: 2^(e - 128), exactly. */
  public static float scale(int e) {
    return Math.scalb(1.0f, e - 128);
  }

  @Override
  public void dequantizeBlock(MemorySegment src, long offset, float[] dst, int dstOffset) {
    float d = scale(u8(src, offset + E));
    byte[] table = Codebooks.e2m1();
    for (int j = 0; j < 16; j++) {
      int q = u8(src, offset + QS + j);
      dst[dstOffset + j] = d * table[q & 15];
      dst[dstOffset + j + 16] = d * table[q >> 4];
    }
  }
}
