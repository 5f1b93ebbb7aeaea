package dev.lamina.cpu.kernel;

import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.format.LittleEndian;
import dev.lamina.kernels.format.Q8_0;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Rows of a KV cache: runs of n elements (one head at one position, or at several) in native
 * memory, at byte offsets that the caller computes with {@link #bytes}. Immutable; nothing is
 * allocated.
 */
public final class CacheRows {
  private final TensorType type;

  /** For Q8_0. */
  private final RowReader quants = CodedRows.of(TensorType.Q8_0, new LegacyQuants.Q8Zero());

  private CacheRows(TensorType type) {
    this.type = type;
  }

  /**
   * @throws IllegalArgumentException if the type is not F32, F16 or Q8_0
   */
  public static CacheRows of(TensorType type) {
    return switch (type) {
      case F32, F16, Q8_0 -> new CacheRows(type);
      default ->
          throw new IllegalArgumentException(
              "a KV cache of type " + type + ", expected F32, F16 or Q8_0");
    };
  }

  /**
   * Bytes of a run of n elements.
   *
   * @throws IllegalArgumentException if n is not a multiple of the type's block size
   */
  public long bytes(int n) {
    if (n % type.blockSize() != 0) {
      throw new IllegalArgumentException(
          n + " elements of a " + type + " cache, expected a multiple of " + type.blockSize());
    }
    return type.bytes(n);
  }

  /**
   * Writes {@code src[at, at + n)}, rounded to nearest (F16: ties to even, too large becomes
   * infinite; Q8_0: with scale max|x| / 127 for each 32).
   */
  public void store(float[] src, int at, int n, MemorySegment cache, long offset) {
    switch (type) {
      case F32 -> MemorySegment.copy(src, at, cache, LittleEndian.F32, offset, n);
      case F16 -> HalfFloats.store(src, at, n, cache, offset);
      default -> storeQ8(src, at, n, cache, offset);
    }
  }

  /** Reads n elements into {@code dst[at, at + n)}. */
  public void load(MemorySegment cache, long offset, int n, float[] dst, int at, Scratch scratch) {
    switch (type) {
      case F32 -> MemorySegment.copy(cache, LittleEndian.F32, offset, dst, at, n);
      case F16 -> HalfFloats.load(cache, offset, n, dst, at);
      default -> quants.decode(cache, offset, n, dst, at, scratch.codes);
    }
  }

  private static void storeQ8(float[] src, int at, int n, MemorySegment cache, long offset) {
    long to = offset;
    for (int b = at; b < at + n; b += Q8_0.BLOCK_SIZE, to += Q8_0.BLOCK_BYTES) {
      float d = scaleQ8(src, b);
      short half = Float.floatToFloat16(d);
      float inverse = half == 0 ? 0 : 1 / d;
      cache.set(LittleEndian.I16, to + Q8_0.D, half);
      for (int i = 0; i < Q8_0.BLOCK_SIZE; i++) {
        byte q = (byte) Math.round(src[b + i] * inverse);
        cache.set(ValueLayout.JAVA_BYTE, to + Q8_0.QS + i, q);
      }
    }
  }

  /** The scale of a block: the largest magnitude becomes 127. */
  static float scaleQ8(float[] src, int at) {
    float max = 0;
    for (int i = at; i < at + Q8_0.BLOCK_SIZE; i++) {
      max = Math.max(max, Math.abs(src[i]));
    }
    return max / 127;
  }
}
