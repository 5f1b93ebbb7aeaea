package dev.lamina.kernels.quantize;

import dev.lamina.kernels.format.TQ1_0;
import dev.lamina.kernels.format.TQ2_0;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Writes blocks of 256 ternary elements. */
final class TernaryPacking {
  private TernaryPacking() {}

  static void tq1(float d, int[] codes, MemorySegment dst, long at) {
    digits(codes, 0, 32, 5, dst, at + TQ1_0.QS);
    digits(codes, 160, 16, 5, dst, at + TQ1_0.QS + 32);
    digits(codes, 240, 4, 4, dst, at + TQ1_0.QH);
    Halves.put(dst, at + TQ1_0.D, d);
  }

  static void tq2(float d, int[] codes, MemorySegment dst, long at) {
    SuperBlockPacking.pairs(codes, dst, at + TQ2_0.QS);
    Halves.put(dst, at + TQ2_0.D, d);
  }

  /** Bytes of base-3 digits; digit n of byte j is element {@code first + n * nBytes + j}. */
  private static void digits(
      int[] codes, int first, int nBytes, int nDigits, MemorySegment dst, long at) {
    for (int j = 0; j < nBytes; j++) {
      int number = 0;
      for (int digit = 0; digit < 5; digit++) {
        int code = digit < nDigits ? codes[first + digit * nBytes + j] : 0;
        number = 3 * number + code;
      }
      // Rounded up, so that readers find the digits by multiplying and taking the upper bits.
      dst.set(ValueLayout.JAVA_BYTE, at + j, (byte) ((number * 256 + 242) / 243));
    }
  }
}
