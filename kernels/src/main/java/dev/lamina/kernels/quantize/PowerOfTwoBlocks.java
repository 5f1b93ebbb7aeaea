package dev.lamina.kernels.quantize;

import dev.lamina.kernels.format.MXFP4;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Blocks of MXFP4: one group with a scale that is a power of two. */
final class PowerOfTwoBlocks implements GroupedRows.Encoder {
  /**
   * Logarithms of the scales that may serve values up to 1..2: the largest table value is 12, so
   * all are in reach of the last one, and cutting off the largest may be worth finer steps.
   */
  private static final int[] EXPONENTS = {-4, -3, -2};

  /** With greater ones, the largest values overflow. */
  private static final int GREATEST_BIASED = 252;

  /** The format's bias is 127, for numbers that are half the table's. */
  private static final int BIAS = 128;

  private final Codes codes;

  PowerOfTwoBlocks(byte[] table) {
    codes = new TableCodes(table);
  }

  @Override
  public void encode(Groups groups, MemorySegment dst, long offset) {
    int n = groups.lanes();
    int[] exponent = chooseExponents(groups);
    float[] inverse = new float[n];
    for (int b = 0; b < n; b++) {
      int unit = Math.getExponent(groups.unit[b]);
      exponent[b] = Math.min(exponent[b], GREATEST_BIASED - BIAS - unit);
      inverse[b] = Math.scalb(1.0f, -exponent[b]);
    }
    BlockCodes found = new BlockCodes(groups);
    for (int e = 0; e < groups.size; e++) {
      codes.nearest(groups.x[e], inverse, found.lanes[e], n);
    }
    for (int b = 0; b < n; b++) {
      long block = offset + (long) b * MXFP4.BLOCK_BYTES;
      int biased = exponent[b] + Math.getExponent(groups.unit[b]) + BIAS;
      dst.set(ValueLayout.JAVA_BYTE, block + MXFP4.E, (byte) biased);
      LegacyPacking.nibbles(found.ofBlock(b), dst, block + MXFP4.QS);
    }
  }

  private int[] chooseExponents(Groups groups) {
    int n = groups.lanes();
    int[] best = new int[n];
    float[] leastErrors = new float[n];
    Arrays.fill(leastErrors, Float.POSITIVE_INFINITY);
    float[] scale = new float[n];
    float[] inverse = new float[n];
    for (int exponent : EXPONENTS) {
      Arrays.fill(scale, Math.scalb(1.0f, exponent));
      Arrays.fill(inverse, Math.scalb(1.0f, -exponent));
      float[] errors = new float[n];
      for (int e = 0; e < groups.size; e++) {
        codes.addErrors(groups.x[e], groups.w[e], scale, inverse, errors, n);
      }
      for (int g = 0; g < n; g++) {
        if (errors[g] < leastErrors[g]) {
          leastErrors[g] = errors[g];
          best[g] = exponent;
        }
      }
    }
    return best;
  }
}
