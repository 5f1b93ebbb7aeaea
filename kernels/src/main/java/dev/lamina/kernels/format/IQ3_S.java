package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.u8;

import dev.lamina.kernels.codebook.Codebooks;
import java.lang.foreign.MemorySegment;

/**
 * 3.44 bits an element: codebook of 512 magnitude quartets, free signs, 4-bit scale per 32: {@code
 * x = d * (1 + 2 sc) * magnitude * sign}.
 *
 * <pre>
 *    0  d       f16 scale
 *    2  qs      64 bytes, the low 8 bits of the codebook index of 4 elements each
 *   66  qh      8 bytes, the high bits of eight indices each
 *   74  signs   32 bytes, one bit an element, set when negative
 *  106  scales  4 bytes, the nibbles (low first) for 32 elements each
 * </pre>
 *
 * Source: ggml {@code block_iq3_s}; codebook {@link Codebooks#iq3s()}.
 */
public final class IQ3_S implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 256;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 110;

  /** Byte offset in the block: scale, f16. */
  public static final int D = 0;

  /** Byte offset in the block: 64 low index bytes. */
  public static final int QS = 2;

  /** Byte offset in the block: 8 bytes of high index bits. */
  public static final int QH = 66;

  /** Byte offset in the block: 32 bytes of signs. */
  public static final int SIGNS = 74;

  /** Byte offset in the block: 4 bytes of 4-bit scales. */
  public static final int SCALES = 106;

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
    int[] grid = Codebooks.iq3s();
    for (int k = 0; k < 32; k++) {
      int scale = u8(src, offset + SCALES + k / 8) >> 4 * (k / 4 % 2) & 15;
      float dl = d * (1 + 2 * scale);
      int high = u8(src, offset + QH + k / 4) >> 2 * (k % 4);
      int first = grid[u8(src, offset + QS + 2 * k) | (high & 1) << 8];
      int second = grid[u8(src, offset + QS + 2 * k + 1) | (high & 2) << 7];
      int sign = u8(src, offset + SIGNS + k);
      Grids.signed8(Grids.join(first, second), sign, dl, dst, dstOffset + 8 * k);
    }
  }
}
