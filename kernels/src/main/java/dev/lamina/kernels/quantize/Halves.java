package dev.lamina.kernels.quantize;

import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.MemorySegment;

/** Scales of blocks as they are stored, in F16. */
final class Halves {
  private static final float LARGEST = 65_504;

  private Halves() {}

  /** The nearest finite F16 number, as bits. */
  static short bits(float value) {
    return Float.floatToFloat16(Math.min(Math.max(value, -LARGEST), LARGEST));
  }

  /**
   * Makes scales what their blocks will store.
   *
   * @param unit what the scales have been divided by, [n]
   */
  static void round(float[] scale, float[] unit, int n) {
    for (int b = 0; b < n; b++) {
      scale[b] = Float.float16ToFloat(bits(scale[b] * unit[b])) / unit[b];
    }
  }

  static void put(MemorySegment dst, long offset, float value) {
    dst.set(LittleEndian.I16, offset, bits(value));
  }
}
