package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.u8;

import java.lang.foreign.MemorySegment;

/**
 * Ternary, five elements a byte: {@code x = d * q}, {@code q} in -1..1.
 *
 * <pre>
 *   0  qs  48 bytes of five elements
 *  48  qh  4 bytes of four elements
 *  52  d   f16 scale
 * </pre>
 *
 * <p>A byte is {@code ceil(v * 256 / 243)} of a five-digit base-3 number v, first element first;
 * digit n is {@code (byte * 3^n mod 256) * 3 / 256}. Elements 0-159 are digits {@code i / 32} of
 * {@code qs[i % 32]}, 160-239 digits {@code (i - 160) / 16} of {@code qs[32 + i % 16]}, 240-255
 * digits {@code (i - 240) / 4} of {@code qh[i % 4]}. Source: ggml {@code block_tq1_0}.
 */
public final class TQ1_0 implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 256;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 54;

  /** Byte offset in the block: 48 bytes of five base-3 digits. */
  public static final int QS = 0;

  /** Byte offset in the block: 4 bytes of four base-3 digits. */
  public static final int QH = 48;

  /** Byte offset in the block: scale, f16. */
  public static final int D = 52;

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
    digits(src, offset + QS, 32, 5, d, dst, dstOffset);
    digits(src, offset + QS + 32, 16, 5, d, dst, dstOffset + 160);
    digits(src, offset + QH, 4, 4, d, dst, dstOffset + 240);
  }

  /** Writes the first digits of {@code nBytes} bytes, then the second ones, and so on. */
  private static void digits(
      MemorySegment src, long at, int nBytes, int nDigits, float d, float[] dst, int dstOffset) {
    int power = 1;
    for (int digit = 0; digit < nDigits; digit++, power *= 3) {
      for (int j = 0; j < nBytes; j++) {
        int rest = u8(src, at + j) * power & 255;
        dst[dstOffset + digit * nBytes + j] = d * ((rest * 3 >> 8) - 1);
      }
    }
  }
}
