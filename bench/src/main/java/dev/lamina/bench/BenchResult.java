package dev.lamina.bench;

import java.time.Instant;
import java.util.List;

/**
 * The timed runs of one test.
 *
 * @param where it ran in fact
 * @param time when the runs began
 * @param nanos duration of each run
 */
public record BenchResult(
    BenchModel model, BenchRun run, BenchPlace where, Instant time, List<Long> nanos) {
  public BenchResult {
    nanos = List.copyOf(nanos);
  }

  public double meanNanos() {
    return Statistics.mean(durations());
  }

  /** Sample standard deviation; 0 of a single run. */
  public double deviationNanos() {
    return Statistics.deviation(durations());
  }

  /** Mean of the runs' tokens per second. */
  public double meanSpeed() {
    return Statistics.mean(speeds());
  }

  public double deviationSpeed() {
    return Statistics.deviation(speeds());
  }

  /** Tokens per second of each run. */
  public double[] speeds() {
    return nanos.stream().mapToDouble(n -> run.test().tokens() * 1e9 / n).toArray();
  }

  private double[] durations() {
    return nanos.stream().mapToDouble(Long::doubleValue).toArray();
  }
}
