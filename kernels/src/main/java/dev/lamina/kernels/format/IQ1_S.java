package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.u16;
import static dev.lamina.kernels.format.LittleEndian.u8;

import dev.lamina.kernels.codebook.Codebooks;
import java.lang.foreign.MemorySegment;

/**
 * 1.56 bits an element: codebook of 2048 ternary octets, 3-bit scale and shift per 32: {@code x = d
 * * (2 sc + 1) * (ternary + delta)}, delta = 0.125 or -0.125.
 *
 * <pre>
 *   0  d   f16 scale
 *   2  qs  32 bytes, the low 8 bits of the codebook index of 8 elements each
 *  34  qh  8 u16, one per 32 elements: 4 x 3 high bits of the indices, 3 bits of scale, bit 15 set
 *          when delta is negative
 * </pre>
 *
 * Source: ggml {@code block_iq1_s}; codebook {@link Codebooks#iq1()}.
 */
public final class IQ1_S implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 256;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 50;

  /** Byte offset in the block: scale, f16. */
  public static final int D = 0;

  /** Byte offset in the block: 32 low index bytes. */
  public static final int QS = 2;

  /** Byte offset in the block: 8 u16 of high index bits, scale and shift. */
  public static final int QH = 34;

  @Override
  public int blockSize() {
    return BLOCK_SIZE;
  }

  @Override
  public int blockBytes() {
    return BLOCK_BYTES;
  }

  /** Magnitude of the shift that is added to each ternary value. */
  public static final float DELTA = 0.125f;

  @Override
  public void dequantizeBlock(MemorySegment src, long offset, float[] dst, int dstOffset) {
    float d = f16(src, offset + D);
    long[] grid = Codebooks.iq1();
    for (int k = 0; k < 32; k++) {
      int qh = u16(src, offset + QH + k / 4 * 2);
      float dl = d * (2 * (qh >> 12 & 7) + 1);
      float delta = (qh & 0x8000) == 0 ? DELTA : -DELTA;
      int index = u8(src, offset + QS + k) | (qh >> 3 * (k % 4) & 7) << 8;
      Grids.shifted8(grid[index], delta, dl, dst, dstOffset + 8 * k);
    }
  }
}
