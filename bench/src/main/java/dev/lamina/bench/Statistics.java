package dev.lamina.bench;

import java.util.Arrays;
import java.util.List;

/** Mean, deviation and median of a few measured values. */
public final class Statistics {
  private Statistics() {}

  /** 0 of none. */
  public static double mean(double... values) {
    return Arrays.stream(values).average().orElse(0);
  }

  /** Of the sample; 0 of a single value. */
  public static double deviation(double... values) {
    if (values.length < 2) {
      return 0;
    }
    double mean = mean(values);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (values.length - 1));
  }

  /**
   * The value in the middle, or between the two there.
   *
   * @param values at least one
   */
  public static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }
}
