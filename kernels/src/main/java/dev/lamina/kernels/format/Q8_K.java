package dev.lamina.kernels.format;

import static dev.lamina.kernels.format.LittleEndian.f32;
import static dev.lamina.kernels.format.LittleEndian.i8;

import java.lang.foreign.MemorySegment;

/**
 * 8 bits an element, one scale per 256: {@code x = d * q}. An intermediate of matrix products,
 * never stored in a model.
 *
 * <pre>
 *    0  d      f32 scale
 *    4  qs     256 signed bytes
 *  260  bsums  16 i16, each the sum of 16 bytes
 * </pre>
 *
 * Source: ggml {@code block_q8_K}.
 */
public final class Q8_K implements BlockFormat {
  /** Elements per block. */
  public static final int BLOCK_SIZE = 256;

  /** Bytes per block. */
  public static final int BLOCK_BYTES = 292;

  /** Byte offset in the block: scale, f32. */
  public static final int D = 0;

  /** Byte offset in the block: 256 signed bytes. */
  public static final int QS = 4;

  /** Byte offset in the block: 16 sums of 16 elements, i16. */
  public static final int BSUMS = 260;

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
    float d = f32(src, offset + D);
    for (int i = 0; i < BLOCK_SIZE; i++) {
      dst[dstOffset + i] = d * i8(src, offset + QS + i);
    }
  }
}
