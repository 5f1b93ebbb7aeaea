package dev.lamina.kernels.quantize;

import dev.lamina.kernels.format.Q1_0;
import dev.lamina.kernels.format.Q2_0;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Writes blocks of a scale and codes of one or two bits, the first in the lowest bits. */
final class FewBitsPacking {
  private FewBitsPacking() {}

  static void q1(float d, int[] codes, MemorySegment dst, long at) {
    Halves.put(dst, at + Q1_0.D, d);
    codes(codes, 1, dst, at + Q1_0.QS);
  }

  static void q2(float d, int[] codes, MemorySegment dst, long at) {
    Halves.put(dst, at + Q2_0.D, d);
    codes(codes, 2, dst, at + Q2_0.QS);
  }

  private static void codes(int[] codes, int bits, MemorySegment dst, long at) {
    int perByte = 8 / bits;
    for (int j = 0; j < codes.length / perByte; j++) {
      int packed = 0;
      for (int k = 0; k < perByte; k++) {
        packed |= codes[j * perByte + k] << bits * k;
      }
      dst.set(ValueLayout.JAVA_BYTE, at + j, (byte) packed);
    }
  }
}
