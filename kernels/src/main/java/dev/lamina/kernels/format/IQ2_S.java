package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.u8;

import dev.lamina.kernels.codebook.Codebooks;
import java.lang.foreign.MemorySegment;

/**
 * 2.56 bits an element: codebook of 1024 magnitude octets, free signs, 4-bit scale per 16: {@code x
 * = d * (0.5 + sc) / 4 * magnitude * sign}.
 *
 * <pre>
 *   0  d       f16 scale
 *   2  qs      32 bytes, the low 8 bits of the codebook index of 8 elements each
 *  34  signs   32 bytes, one bit an element, set when negative
 *  66  qh      8 bytes, the high 2 bits of four indices each
 *  74  scales  8 bytes, the nibbles (low first) for 16 elements each
 * </pre>
 *
 * Source: ggml {@code block_iq2_s}; codebook {@link Codebooks#iq2s()}.
 */
public final class IQ2_S implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 256;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 82;

  /** Byte offset in the block: scale, f16. */
  public static final int D = 0;

  /** Byte offset in the block: 32 low index bytes. */
  public static final int QS = 2;

  /** Byte offset in the block: 32 bytes of signs. */
  public static final int SIGNS = 34;

  /** Byte offset in the block: 8 bytes of high index bits. */
  public static final int QH = 66;

  /** Byte offset in the block: 8 bytes of 4-bit scales. */
  public static final int SCALES = 74;

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
    long[] grid = Codebooks.iq2s();
    for (int k = 0; k < 32; k++) {
      int scale = u8(src, offset + SCALES + k / 4) >> 4 * (k / 2 % 2) & 15;
      float dl = d * (0.5f + scale) * 0.25f;
      int high = u8(src, offset + QH + k / 4) >> 2 * (k % 4) & 3;
      int index = u8(src, offset + QS + k) | high << 8;
      Grids.signed8(grid[index], u8(src, offset + SIGNS + k), dl, dst, dstOffset + 8 * k);
    }
  }
}
