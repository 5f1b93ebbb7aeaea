package dev.lamina.kernels.quantize;

import dev.lamina.kernels.format.LittleEndian;
import dev.lamina.kernels.format.Q4_0;
import dev.lamina.kernels.format.Q4_1;
import dev.lamina.kernels.format.Q5_0;
import dev.lamina.kernels.format.Q5_1;
import dev.lamina.kernels.format.Q8_0;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Writes the codes of blocks of 32. {@code codes} are [32][lanes], codes count from 0. */
final class LegacyPacking {
  private LegacyPacking() {}

  /** Q4_0 and IQ4_NL. */
  static void q4WithScale(int[][] codes, int lane, MemorySegment dst, long block) {
    nibbles(codes, lane, dst, block + Q4_0.QS);
  }

  static void q4WithMin(int[][] codes, int lane, MemorySegment dst, long block) {
    nibbles(codes, lane, dst, block + Q4_1.QS);
  }

  static void q5WithScale(int[][] codes, int lane, MemorySegment dst, long block) {
    fifthBits(codes, lane, dst, block + Q5_0.QH);
    nibbles(codes, lane, dst, block + Q5_0.QS);
  }

  static void q5WithMin(int[][] codes, int lane, MemorySegment dst, long block) {
    fifthBits(codes, lane, dst, block + Q5_1.QH);
    nibbles(codes, lane, dst, block + Q5_1.QS);
  }

  /** Codes from -127 on. */
  static void q8(int[][] codes, int lane, MemorySegment dst, long block) {
    for (int j = 0; j < 32; j++) {
      dst.set(ValueLayout.JAVA_BYTE, block + Q8_0.QS + j, (byte) (codes[j][lane] - 127));
    }
  }

  /** The low nibbles of elements 0-15, with those of 16-31 above. */
  static void nibbles(int[][] codes, int lane, MemorySegment dst, long at) {
    for (int j = 0; j < 16; j++) {
      int pair = codes[j][lane] & 15 | (codes[j + 16][lane] & 15) << 4;
      dst.set(ValueLayout.JAVA_BYTE, at + j, (byte) pair);
    }
  }

  private static void fifthBits(int[][] codes, int lane, MemorySegment dst, long at) {
    int bits = 0;
    for (int j = 0; j < 32; j++) {
      bits |= codes[j][lane] >> 4 << j;
    }
    dst.set(LittleEndian.I32, at, bits);
  }
}
