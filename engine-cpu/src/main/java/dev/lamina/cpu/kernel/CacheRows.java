package dev.lamina.cpu.kernel;

import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.format.LittleEndian;
import dev.lamina.kernels.format.Q8_0;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Rows of a KV cache: runs of n elements (one head at one position) in native memory, at byte
 * offsets that the caller computes with {@link #bytes}. Immutable; nothing is allocated.
 */
public final class CacheRows {
  private final TensorType type;
  private final RowReader reader;

  private CacheRows(TensorType type, RowReader reader) {
    this.type = type;
    this.reader = reader;
  }

  /**
   * @throws IllegalArgumentException if the type is not F32, F16 or Q8_0
   */
  public static CacheRows of(TensorType type) {
    return switch (type) {
      case F32 -> new CacheRows(type, new F32Rows());
      case F16 -> new CacheRows(type, new F16Rows());
      case Q8_0 -> new CacheRows(type, CodedRows.of(type, new LegacyQuants.Q8Zero()));
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
      case F16 -> storeF16(src, at, n, cache, offset);
      default -> storeQ8(src, at, n, cache, offset);
    }
  }

  /** Reads n elements into {@code dst[at, at + n)}. */
  public void load(MemorySegment cache, long offset, int n, float[] dst, int at, Scratch scratch) {
    reader.decode(cache, offset, n, dst, at, scratch.codes);
  }

  /** Dot product of n elements with {@code x[xAt, xAt + n)}: a query with a key. */
  public float dot(MemorySegment cache, long offset, int n, float[] x, int xAt, Scratch scratch) {
    return reader.dot(cache, offset, n, x, xAt, scratch.codes);
  }

  /** {@code y[yAt + i] += factor * element i}: a value with its attention weight. */
  public void addScaledTo(
      float factor, MemorySegment cache, long offset, int n, float[] y, int yAt, Scratch scratch) {
    reader.decode(cache, offset, n, scratch.panel, 0, scratch.codes);
    VectorMath.addScaled(factor, scratch.panel, 0, y, yAt, n);
  }

  /** The compiler makes vectors of this loop. */
  private static void storeF16(float[] src, int at, int n, MemorySegment cache, long offset) {
    for (int i = 0; i < n; i++) {
      cache.set(LittleEndian.I16, offset + 2L * i, Float.floatToFloat16(src[at + i]));
    }
  }

  private static void storeQ8(float[] src, int at, int n, MemorySegment cache, long offset) {
    long to = offset;
    for (int b = at; b < at + n; b += Q8_0.BLOCK_SIZE, to += Q8_0.BLOCK_BYTES) {
      float max = 0;
      for (int i = b; i < b + Q8_0.BLOCK_SIZE; i++) {
        max = Math.max(max, Math.abs(src[i]));
      }
      float d = max / 127;
      short half = Float.floatToFloat16(d);
      float inverse = half == 0 ? 0 : 1 / d;
      cache.set(LittleEndian.I16, to + Q8_0.D, half);
      for (int i = 0; i < Q8_0.BLOCK_SIZE; i++) {
        byte q = (byte) Math.round(src[b + i] * inverse);
        cache.set(ValueLayout.JAVA_BYTE, to + Q8_0.QS + i, q);
      }
    }
  }
}
