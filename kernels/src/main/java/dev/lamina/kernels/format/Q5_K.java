package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.u8;

import java.lang.foreign.MemorySegment;

/**
 * 5 bits an element, a 6-bit scale and a 6-bit minimum per 32: {@code x = d * sc * q - dmin * m}.
 *
 * <pre>
 *   0  d       f16 scale of the scales
 *   2  dmin    f16 scale of the minima
 *   4  scales  12 bytes, packed as in {@link Q4_K}
 *  16  qh      32 bytes of high bits
 *  48  qs      128 bytes, the low four bits of two elements each
 * </pre>
 *
 * <p>The low bits of element i are the low ({@code i / 32} even) or high nibble of {@code qs[i / 64
 * * 32 + i % 32]}, bit 4 is bit {@code i / 32} of {@code qh[i % 32]}. Source: ggml {@code
 * block_q5_K}.
 */
public final class Q5_K implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 256;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 176;

  /** Byte offset in the block: scale of the scales, f16. */
  public static final int D = 0;

  /** Byte offset in the block: scale of the minima, f16. */
  public static final int DMIN = 2;

  /** Byte offset in the block: 12 bytes of 6-bit scales and minima. */
  public static final int SCALES = 4;

  /** Byte offset in the block: 32 bytes of high bits. */
  public static final int QH = 16;

  /** Byte offset in the block: 128 bytes of nibbles. */
  public static final int QS = 48;

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
    float dmin = f16(src, offset + DMIN);
    for (int sub = 0; sub < 8; sub++) {
      float dl = d * Q4_K.scale(src, offset, sub);
      float ml = dmin * Q4_K.min(src, offset, sub);
      for (int l = 0; l < 32; l++) {
        int low = u8(src, offset + QS + sub / 2 * 32 + l) >> 4 * (sub % 2) & 15;
        int high = u8(src, offset + QH + l) >> sub & 1;
        dst[dstOffset + 32 * sub + l] = dl * (low | high << 4) - ml;
      }
    }
  }
}
