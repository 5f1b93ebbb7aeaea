package dev.lamina.quantize.quality;

import java.util.Arrays;

/** Sorted values. */
@SuppressWarnings("ArrayRecordComponent")
public record Quantiles(float[] sorted) {
  static Quantiles of(float[] values, int n) {
    float[] sorted = Arrays.copyOf(values, n);
    Arrays.sort(sorted);
    return new Quantiles(sorted);
  }

  /**
   * The value that a share of all values is below, between two of them if need be.
   *
   * @param share 0 (the least) to 1 (the largest)
   */
  public double at(double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    double part = place - below;
    return part == 0 ? sorted[below] : (1 - part) * sorted[below] + part * sorted[below + 1];
  }
}
