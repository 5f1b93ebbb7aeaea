package dev.lamina.cpu.kernel;

import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.MemorySegment;

/**
 * Conversions of half floats in memory. The Vector API has no half floats, but the compiler
 * vectorizes these loops with the processor's own conversions. Longer runs are faster.
 */
final class HalfFloats {
  private HalfFloats() {}

  /** {@code dst[at + i] = src[i]}, exactly. */
  static void load(MemorySegment src, long offset, int n, float[] dst, int at) {
    for (int i = 0; i < n; i++) {
      dst[at + i] = Float.float16ToFloat(src.get(LittleEndian.I16, offset + 2L * i));
    }
  }

  /** {@code dst[i] = src[at + i]}, rounded to nearest, ties to even; too large becomes infinite. */
  static void store(float[] src, int at, int n, MemorySegment dst, long offset) {
    for (int i = 0; i < n; i++) {
      dst.set(LittleEndian.I16, offset + 2L * i, Float.floatToFloat16(src[at + i]));
    }
  }
}
