package dev.lamina.cpu.kernel;

import dev.lamina.engine.backend.RuntimeConfig;
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

  /** Quantizer of the type; null for Q8_0 and for types without blocks. */
  private final CacheQuants quants;

  private CacheRows(TensorType type) {
    this.type = type;
    this.quants = CacheQuants.of(type);
  }

  /**
   * @throws IllegalArgumentException if a cache cannot have the type, see {@link
   *     RuntimeConfig#cacheTypes}
   */
  public static CacheRows of(TensorType type) {
    if (!RuntimeConfig.cacheTypes().contains(type)) {
      throw new IllegalArgumentException("a KV cache cannot be of type " + type);
    }
    return new CacheRows(type);
  }

  /**
   * Size of a run of n elements in bytes.
   *
   * @throws IllegalArgumentException if n is not a multiple of the type's block size
   */
  public long bytes(int n) {
    if (n % type.blockSize() != 0) {
      throw new IllegalArgumentException(
          "a KV cache of type "
              + type
              + " takes heads of a multiple of "
              + type.blockSize()
              + " elements, but this model's have "
              + n
              + "; F16 takes all");
    }
    return type.bytes(n);
  }

  /**
   * Writes {@code src[at, at + n)}, rounded to nearest (F16 and BF16: ties to even, too large
   * becomes infinite; Q8_0: with scale max|x| / 127 for each 32; others: see {@link CacheQuants}).
   */
  public void store(float[] src, int at, int n, MemorySegment cache, long offset) {
    switch (type) {
      case F32 -> MemorySegment.copy(src, at, cache, LittleEndian.F32, offset, n);
      case F16 -> HalfFloats.store(src, at, n, cache, offset);
      case BF16 -> storeBf16(src, at, n, cache, offset);
      case Q8_0 -> storeQ8(src, at, n, cache, offset);
      default -> quants.store(src, at, n, cache, offset);
    }
  }

  private static void storeBf16(float[] src, int at, int n, MemorySegment cache, long offset) {
    for (int i = 0; i < n; i++) {
      cache.set(LittleEndian.I16, offset + 2L * i, toBf16(src[at + i]));
    }
  }

  /** Rounds to nearest, ties to even; NaN stays NaN. */
  static short toBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short)
        (Float.isNaN(value) ? bits >>> 16 | 0x40 : bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
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

  /** The scale of a block, which maps the largest magnitude to 127. */
  static float scaleQ8(float[] src, int at) {
    float max = 0;
    for (int i = at; i < at + Q8_0.BLOCK_SIZE; i++) {
      max = Math.max(max, Math.abs(src[i]));
    }
    return max / 127;
  }
}
