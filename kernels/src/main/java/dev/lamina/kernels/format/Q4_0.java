package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.u8;

import java.lang.foreign.MemorySegment;

/**
 * 4 bits an element, one scale per 32: {@code x = d * (q - 8)}.
 *
 * <pre>
 *  0  d   f16 scale
 *  2  qs  16 bytes, two elements each
 * </pre>
 *
 * <p>Element i is the low (i &lt; 16) or high nibble of {@code qs[i % 16]}. Source: ggml {@code
 * block_q4_0}.
 */
public final class Q4_0 implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 32;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 18;

  /** Byte offset in the block: scale, f16. */
  public static final int D = 0;

  /** Byte offset in the block: 16 bytes of nibbles. */
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
    for (int j = 0; j < 16; j++) {
      int q = u8(src, offset + QS + j);
      dst[dstOffset + j] = d * ((q & 15) - 8);
      dst[dstOffset + j + 16] = d * ((q >> 4) - 8);
    }
  }
}
