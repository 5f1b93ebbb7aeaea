package dev.lamina.kernels.quantize;

import dev.lamina.kernels.format.IQ4_XS;
import dev.lamina.kernels.format.LittleEndian;
import dev.lamina.kernels.format.Q2_K;
import dev.lamina.kernels.format.Q3_K;
import dev.lamina.kernels.format.Q4_K;
import dev.lamina.kernels.format.Q5_K;
import dev.lamina.kernels.format.Q6_K;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Packs super-blocks of 256 elements. */
final class SuperBlockPacking {
  private SuperBlockPacking() {}

  static void q2k(SuperBlock block, MemorySegment dst, long at) {
    for (int k = 0; k < 16; k++) {
      put(dst, at + Q2_K.SCALES + k, block.scales()[k] | block.mins()[k] << 4);
    }
    pairs(block.codes(), dst, at + Q2_K.QS);
    Halves.put(dst, at + Q2_K.D, block.d());
    Halves.put(dst, at + Q2_K.DMIN, block.dmin());
  }

  static void q3k(SuperBlock block, MemorySegment dst, long at) {
    int[] codes = block.codes();
    for (int j = 0; j < 32; j++) {
      int bits = 0;
      for (int k = 0; k < 8; k++) {
        bits |= codes[32 * k + j] >> 2 << k;
      }
      put(dst, at + Q3_K.HMASK + j, bits);
    }
    pairs(codes, dst, at + Q3_K.QS);
    int[] scales = block.scales();
    for (int k = 0; k < 8; k++) {
      put(dst, at + Q3_K.SCALES + k, scales[k] + 32 & 15 | (scales[k + 8] + 32 & 15) << 4);
    }
    for (int k = 0; k < 4; k++) {
      int bits = 0;
      for (int j = 0; j < 4; j++) {
        bits |= scales[4 * j + k] + 32 >> 4 << 2 * j;
      }
      put(dst, at + Q3_K.SCALES + 8 + k, bits);
    }
    Halves.put(dst, at + Q3_K.D, block.d());
  }

  static void q4k(SuperBlock block, MemorySegment dst, long at) {
    Halves.put(dst, at + Q4_K.D, block.d());
    Halves.put(dst, at + Q4_K.DMIN, block.dmin());
    sixBits(block, dst, at + Q4_K.SCALES);
    nibbles(block.codes(), 32, dst, at + Q4_K.QS);
  }

  static void q5k(SuperBlock block, MemorySegment dst, long at) {
    Halves.put(dst, at + Q5_K.D, block.d());
    Halves.put(dst, at + Q5_K.DMIN, block.dmin());
    sixBits(block, dst, at + Q5_K.SCALES);
    int[] codes = block.codes();
    for (int j = 0; j < 32; j++) {
      int bits = 0;
      for (int k = 0; k < 8; k++) {
        bits |= codes[32 * k + j] >> 4 << k;
      }
      put(dst, at + Q5_K.QH + j, bits);
    }
    nibbles(codes, 32, dst, at + Q5_K.QS);
  }

  static void q6k(SuperBlock block, MemorySegment dst, long at) {
    int[] codes = block.codes();
    nibbles(codes, 64, dst, at + Q6_K.QL);
    for (int j = 0; j < 64; j++) {
      int first = j / 32 * 128 + j % 32;
      int bits = 0;
      for (int k = 0; k < 4; k++) {
        bits |= codes[first + 32 * k] >> 4 << 2 * k;
      }
      put(dst, at + Q6_K.QH + j, bits);
    }
    for (int k = 0; k < 16; k++) {
      put(dst, at + Q6_K.SCALES + k, block.scales()[k]);
    }
    Halves.put(dst, at + Q6_K.D, block.d());
  }

  static void iq4xs(SuperBlock block, MemorySegment dst, long at) {
    Halves.put(dst, at + IQ4_XS.D, block.d());
    int[] scales = block.scales();
    int high = 0;
    for (int k = 0; k < 8; k++) {
      high |= scales[k] + 32 >> 4 << 2 * k;
    }
    dst.set(LittleEndian.I16, at + IQ4_XS.SCALES_H, (short) high);
    for (int k = 0; k < 4; k++) {
      int pair = scales[2 * k] + 32 & 15 | (scales[2 * k + 1] + 32 & 15) << 4;
      put(dst, at + IQ4_XS.SCALES_L + k, pair);
    }
    nibbles(block.codes(), 16, dst, at + IQ4_XS.QS);
  }

  /** The low two bits of 256 codes, those of four runs of 32 above each other. */
  static void pairs(int[] codes, MemorySegment dst, long at) {
    for (int j = 0; j < 64; j++) {
      int first = j / 32 * 128 + j % 32;
      int bits = 0;
      for (int k = 0; k < 4; k++) {
        bits |= (codes[first + 32 * k] & 3) << 2 * k;
      }
      put(dst, at + j, bits);
    }
  }

  /** The low four bits of 256 codes: those of a run, with those of the next run above. */
  private static void nibbles(int[] codes, int run, MemorySegment dst, long at) {
    for (int first = 0; first < 256; first += 2 * run) {
      for (int i = first; i < first + run; i++) {
        put(dst, at + first / 2 + i - first, codes[i] & 15 | (codes[i + run] & 15) << 4);
      }
    }
  }

  /** Eight scales and eight minima, as {@link Q4_K} has them. */
  private static void sixBits(SuperBlock block, MemorySegment dst, long at) {
    int[] scales = block.scales();
    int[] mins = block.mins();
    for (int k = 0; k < 4; k++) {
      int scale = scales[k + 4];
      int min = mins[k + 4];
      put(dst, at + k, scales[k] | scale >> 4 << 6);
      put(dst, at + k + 4, mins[k] | min >> 4 << 6);
      put(dst, at + k + 8, scale & 15 | (min & 15) << 4);
    }
  }

  private static void put(MemorySegment dst, long at, int value) {
    dst.set(ValueLayout.JAVA_BYTE, at, (byte) value);
  }
}
