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

/**
 * Writes blocks of 256. {@code codes} are [elements of a group][lanes], codes count from 0; {@code
 * lane} is that of the block's first group.
 */
final class SuperBlockPacking {
  private SuperBlockPacking() {}

  static void q2k(
      float d,
      float dmin,
      int[] scales,
      int[] mins,
      int[][] codes,
      int lane,
      MemorySegment dst,
      long block) {
    for (int k = 0; k < 16; k++) {
      put(dst, block + Q2_K.SCALES + k, scales[lane + k] | mins[lane + k] << 4);
    }
    pairs(codes, lane, dst, block + Q2_K.QS);
    Halves.put(dst, block + Q2_K.D, d);
    Halves.put(dst, block + Q2_K.DMIN, dmin);
  }

  static void q3k(float d, int[] scales, int[][] codes, int lane, MemorySegment dst, long block) {
    for (int j = 0; j < 32; j++) {
      int bits = 0;
      for (int k = 0; k < 8; k++) {
        bits |= code(codes, lane, 32 * k + j) >> 2 << k;
      }
      put(dst, block + Q3_K.HMASK + j, bits);
    }
    pairs(codes, lane, dst, block + Q3_K.QS);
    for (int k = 0; k < 8; k++) {
      int pair = scales[lane + k] + 32 & 15 | (scales[lane + k + 8] + 32 & 15) << 4;
      put(dst, block + Q3_K.SCALES + k, pair);
    }
    for (int k = 0; k < 4; k++) {
      int bits = 0;
      for (int j = 0; j < 4; j++) {
        bits |= scales[lane + 4 * j + k] + 32 >> 4 << 2 * j;
      }
      put(dst, block + Q3_K.SCALES + 8 + k, bits);
    }
    Halves.put(dst, block + Q3_K.D, d);
  }

  static void q4k(
      float d,
      float dmin,
      int[] scales,
      int[] mins,
      int[][] codes,
      int lane,
      MemorySegment dst,
      long block) {
    Halves.put(dst, block + Q4_K.D, d);
    Halves.put(dst, block + Q4_K.DMIN, dmin);
    sixBits(scales, mins, lane, dst, block + Q4_K.SCALES);
    nibbles(codes, lane, 32, dst, block + Q4_K.QS);
  }

  static void q5k(
      float d,
      float dmin,
      int[] scales,
      int[] mins,
      int[][] codes,
      int lane,
      MemorySegment dst,
      long block) {
    Halves.put(dst, block + Q5_K.D, d);
    Halves.put(dst, block + Q5_K.DMIN, dmin);
    sixBits(scales, mins, lane, dst, block + Q5_K.SCALES);
    for (int j = 0; j < 32; j++) {
      int bits = 0;
      for (int k = 0; k < 8; k++) {
        bits |= codes[j][lane + k] >> 4 << k;
      }
      put(dst, block + Q5_K.QH + j, bits);
    }
    nibbles(codes, lane, 32, dst, block + Q5_K.QS);
  }

  static void q6k(float d, int[] scales, int[][] codes, int lane, MemorySegment dst, long block) {
    nibbles(codes, lane, 64, dst, block + Q6_K.QL);
    for (int j = 0; j < 64; j++) {
      int bits = 0;
      for (int k = 0; k < 4; k++) {
        bits |= code(codes, lane, j / 32 * 128 + 32 * k + j % 32) >> 4 << 2 * k;
      }
      put(dst, block + Q6_K.QH + j, bits);
    }
    for (int k = 0; k < 16; k++) {
      put(dst, block + Q6_K.SCALES + k, scales[lane + k]);
    }
    Halves.put(dst, block + Q6_K.D, d);
  }

  static void iq4xs(float d, int[] scales, int[][] codes, int lane, MemorySegment dst, long block) {
    Halves.put(dst, block + IQ4_XS.D, d);
    int high = 0;
    for (int k = 0; k < 8; k++) {
      high |= scales[lane + k] + 32 >> 4 << 2 * k;
    }
    dst.set(LittleEndian.I16, block + IQ4_XS.SCALES_H, (short) high);
    for (int k = 0; k < 4; k++) {
      int pair = scales[lane + 2 * k] + 32 & 15 | (scales[lane + 2 * k + 1] + 32 & 15) << 4;
      put(dst, block + IQ4_XS.SCALES_L + k, pair);
    }
    nibbles(codes, lane, 16, dst, block + IQ4_XS.QS);
  }

  /** The low four bits of 256 codes: those of {@code run} elements, with the next ones above. */
  private static void nibbles(int[][] codes, int lane, int run, MemorySegment dst, long at) {
    for (int j = 0; j < 128; j++) {
      int i = j / run * 2 * run + j % run;
      put(dst, at + j, code(codes, lane, i) & 15 | (code(codes, lane, i + run) & 15) << 4);
    }
  }

  /** The low two bits of 256 codes, those of four runs of 32 above each other. */
  private static void pairs(int[][] codes, int lane, MemorySegment dst, long at) {
    for (int j = 0; j < 64; j++) {
      int bits = 0;
      for (int k = 0; k < 4; k++) {
        bits |= (code(codes, lane, j / 32 * 128 + 32 * k + j % 32) & 3) << 2 * k;
      }
      put(dst, at + j, bits);
    }
  }

  /** Eight scales and eight minima, as {@link Q4_K} has them. */
  private static void sixBits(int[] scales, int[] mins, int lane, MemorySegment dst, long at) {
    for (int k = 0; k < 4; k++) {
      int scale = scales[lane + k + 4];
      int min = mins[lane + k + 4];
      put(dst, at + k, scales[lane + k] | scale >> 4 << 6);
      put(dst, at + k + 4, mins[lane + k] | min >> 4 << 6);
      put(dst, at + k + 8, scale & 15 | (min & 15) << 4);
    }
  }

  private static int code(int[][] codes, int lane, int element) {
    int size = codes.length;
    return codes[element % size][lane + element / size];
  }

  private static void put(MemorySegment dst, long at, int value) {
    dst.set(ValueLayout.JAVA_BYTE, at, (byte) value);
  }
}
