package dev.lamina.kernels.quantize;

import dev.lamina.kernels.format.LittleEndian;
import dev.lamina.kernels.format.Q4_0;
import dev.lamina.kernels.format.Q4_1;
import dev.lamina.kernels.format.Q5_0;
import dev.lamina.kernels.format.Q5_1;
import dev.lamina.kernels.format.Q8_0;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Writes blocks of 32 elements. */
final class LegacyPacking {
  private LegacyPacking() {}

  /** Q4_0 and IQ4_NL. */
  static void q4WithScale(float d, int[] codes, MemorySegment dst, long at) {
    Halves.put(dst, at + Q4_0.D, d);
    nibbles(codes, dst, at + Q4_0.QS);
  }

  static void q4WithMin(float d, float m, int[] codes, MemorySegment dst, long at) {
    Halves.put(dst, at + Q4_1.D, d);
    Halves.put(dst, at + Q4_1.M, m);
    nibbles(codes, dst, at + Q4_1.QS);
  }

  static void q5WithScale(float d, int[] codes, MemorySegment dst, long at) {
    Halves.put(dst, at + Q5_0.D, d);
    fifthBits(codes, dst, at + Q5_0.QH);
    nibbles(codes, dst, at + Q5_0.QS);
  }

  static void q5WithMin(float d, float m, int[] codes, MemorySegment dst, long at) {
    Halves.put(dst, at + Q5_1.D, d);
    Halves.put(dst, at + Q5_1.M, m);
    fifthBits(codes, dst, at + Q5_1.QH);
    nibbles(codes, dst, at + Q5_1.QS);
  }

  /** Code 0 stands for the value -127. */
  static void q8(float d, int[] codes, MemorySegment dst, long at) {
    Halves.put(dst, at + Q8_0.D, d);
    for (int j = 0; j < 32; j++) {
      dst.set(ValueLayout.JAVA_BYTE, at + Q8_0.QS + j, (byte) (codes[j] - 127));
    }
  }

  /** The low nibbles of elements 0-15, with those of 16-31 above. */
  static void nibbles(int[] codes, MemorySegment dst, long at) {
    for (int j = 0; j < 16; j++) {
      int pair = codes[j] & 15 | (codes[j + 16] & 15) << 4;
      dst.set(ValueLayout.JAVA_BYTE, at + j, (byte) pair);
    }
  }

  private static void fifthBits(int[] codes, MemorySegment dst, long at) {
    int bits = 0;
    for (int j = 0; j < 32; j++) {
      bits |= codes[j] >> 4 << j;
    }
    dst.set(LittleEndian.I32, at, bits);
  }
}
