package dev.lamina.bench;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The timed runs of one test.
 *
 * @param backend names of the backends
 * @param gpuLayers layers that were on GPUs, and one more for the output head
 * @param time when the runs began
 * @param nanos duration of each run
 */
public record BenchResult(
    BenchModel model,
    BenchSettings settings,
    String backend,
    int gpuLayers,
    BenchTest test,
    Instant time,
    List<Long> nanos) {
  public BenchResult {
    nanos = List.copyOf(nanos);
  }

  public double meanNanos() {
    return mean(Long::doubleValue);
  }

  /** Sample standard deviation; 0 of a single run. */
  public double deviationNanos() {
    return deviation(Long::doubleValue);
  }

  /** Mean of the runs' tokens per second. */
  public double meanSpeed() {
    return mean(this::speed);
  }

  public double deviationSpeed() {
    return deviation(this::speed);
  }

  /** Tokens per second of each run. */
  public double[] speeds() {
    return nanos.stream().mapToDouble(this::speed).toArray();
  }

  private double speed(long runNanos) {
    return test.tokens() * 1e9 / runNanos;
  }

  private double mean(ToDoubleFunction<Long> value) {
    return nanos.stream().mapToDouble(value).average().orElse(0);
  }

  private double deviation(ToDoubleFunction<Long> value) {
    if (nanos.size() < 2) {
      return 0;
    }
    double mean = mean(value);
    double[] squares =
        nanos.stream().mapToDouble(n -> Math.pow(value.applyAsDouble(n) - mean, 2)).toArray();
    return Math.sqrt(Arrays.stream(squares).sum() / (squares.length - 1));
  }
}
