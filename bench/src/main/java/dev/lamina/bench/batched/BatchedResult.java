package dev.lamina.bench.batched;

import dev.lamina.bench.BenchModel;
import dev.lamina.bench.BenchPlace;
import java.time.Instant;
import java.util.List;

/**
 * A run of streams, repeated.
 *
 * @param where it ran in fact
 * @param time when the repetitions began
 * @param times of each, at least one
 */
public record BatchedResult(
    BenchModel model, BatchedRun run, BenchPlace where, Instant time, List<BatchedTimes> times) {
  public BatchedResult {
    times = List.copyOf(times);
  }

  /** The times' mean. */
  public BatchedTimes mean() {
    return BatchedTimes.mean(times);
  }
}
