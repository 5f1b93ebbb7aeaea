package dev.lamina.kernels.quantize;

import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.MemorySegment;

/** Rounds rows to floating-point types, ties to even; importance does not matter. */
final class PlainRows {
  /** The upper half of a float's bits. */
  private static final int INFINITY = 0x7f80;

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

  /** Values beyond the range become the largest of their sign. */
  static void bf16(
      float[] x, int at, int columns, float[] importance, MemorySegment dst, long offset) {
    for (int i = 0; i < columns; i++) {
      int bits = Float.floatToRawIntBits(x[at + i]);
      int rounded = bits + 0x7fff + (bits >>> 16 & 1) >>> 16;
      boolean overflows = (rounded & 0x7fff) == INFINITY;
      dst.set(LittleEndian.I16, offset + 2L * i, (short) (overflows ? rounded - 1 : rounded));
    }
  }
}
