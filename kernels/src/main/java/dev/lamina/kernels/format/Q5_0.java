package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.i32;
import static dev.lamina.kernels.format.LittleEndian.u8;

import java.lang.foreign.MemorySegment;

/**
 * 5 bits an element, one scale per 32: {@code x = d * (q - 16)}.
 *
 * <pre>
 *  0  d   f16 scale
 *  2  qh  u32, bit i is bit 4 of element i
 *  6  qs  16 bytes, the low four bits of two elements each
 * </pre>
 *
 * <p>Element i is the low (i &lt; 16) or high nibble of {@code qs[i % 16]}. Source: ggml {@code
 * block_q5_0}.
 */
public final class Q5_0 implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 32;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 22;

  /** Byte offset in the block: scale, f16. */
  public static final int D = 0;

  /** Byte offset in the block: 32 high bits. */
  public static final int QH = 2;

  /** Byte offset in the block: 16 bytes of nibbles. */
  public static final int QS = 6;

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
    int qh = i32(src, offset + QH);
    for (int j = 0; j < 16; j++) {
      int q = u8(src, offset + QS + j);
      int low = (q & 15) | (qh >>> j & 1) << 4;
      int high = (q >> 4) | (qh >>> (j + 16) & 1) << 4;
      dst[dstOffset + j] = d * (low - 16);
      dst[dstOffset + j + 16] = d * (high - 16);
    }
  }
}
