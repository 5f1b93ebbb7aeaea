package dev.lamina.kernels.quantize;

import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.MemorySegment;

/** Scales of blocks as they are stored, in F16. */
final class Halves {
  private static final float LARGEST = 65_504;

  /** The smallest number that rounds to infinity. */
  private static final float LIMIT = 65_520;

  private Halves() {}

  /** The nearest finite F16 number, as bits. */
  static short bits(float value) {
    return Float.floatToFloat16(Math.min(Math.max(value, -LARGEST), LARGEST));
  }

  /**
   * Rounds scales to the values that their blocks will store.
   *
   * @param unit what the scales have been divided by, [n]
   * @throws ScaleRangeException if the weights are so large that F16 cannot hold a scale
   */
  static void round(float[] scale, float[] unit, int n) {
    for (int b = 0; b < n; b++) {
      float stored = scale[b] * unit[b];
      checkRange(stored, unit[b]);
      scale[b] = Float.float16ToFloat(bits(stored)) / unit[b];
    }
  }

  /**
   * Refuses a scale that F16 cannot hold. A scale that a search has made much larger than the
   * weights themselves is clamped instead.
   *
   * @param unit a power of two, at most the largest weight of the block
   * @throws ScaleRangeException if the weights are too large for the scale to be stored
   */
  static void checkRange(float scale, float unit) {
    if (Math.abs(scale) >= LIMIT && unit > LARGEST / 4) {
      throw new ScaleRangeException("a scale of " + scale + " exceeds F16");
    }
  }

  static void put(MemorySegment dst, long offset, float value) {
    dst.set(LittleEndian.I16, offset, bits(value));
  }
}
