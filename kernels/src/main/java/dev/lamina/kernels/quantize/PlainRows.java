package dev.lamina.kernels.quantize;

import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.MemorySegment;

/** Rounds rows to floating-point types, ties to even; importance does not matter. */
final class PlainRows {
  private PlainRows() {}

  static void f32(
      float[] x, int at, int columns, float[] importance, MemorySegment dst, long offset) {
    MemorySegment.copy(x, at, dst, LittleEndian.F32, offset, columns);
  }

  /** Values beyond the range become the largest of their sign. */
  static void f16(
      float[] x, int at, int columns, float[] importance, MemorySegment dst, long offset) {
    for (int i = 0; i < columns; i++) {
      Halves.put(dst, offset + 2L * i, x[at + i]);
    }
  }

  static void bf16(
      float[] x, int at, int columns, float[] importance, MemorySegment dst, long offset) {
    for (int i = 0; i < columns; i++) {
      int bits = Float.floatToRawIntBits(x[at + i]);
      int even = bits >>> 16 & 1;
      dst.set(LittleEndian.I16, offset + 2L * i, (short) (bits + 0x7fff + even >>> 16));
    }
  }
}
