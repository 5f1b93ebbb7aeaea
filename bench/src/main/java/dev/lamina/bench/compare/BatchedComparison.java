package dev.lamina.bench.compare;

import dev.lamina.bench.BenchModel;
import dev.lamina.bench.BenchPlace;
import dev.lamina.bench.Statistics;
import dev.lamina.bench.batched.BatchedRun;
import dev.lamina.bench.batched.BatchedTimes;
import java.util.List;

/**
 * A run of streams by both programs, which took turns.
 *
 * @param ours times of Lamina in each turn
 * @param theirs of llama.cpp, as many
 * @param build of llama.cpp
 */
public record BatchedComparison(
    BenchModel model,
    BatchedRun run,
    BenchPlace where,
    List<BatchedTimes> ours,
    List<BatchedTimes> theirs,
    String build)
    implements Compared {
  public BatchedComparison {
    ours = List.copyOf(ours);
    theirs = List.copyOf(theirs);
    if (ours.isEmpty() || ours.size() != theirs.size()) {
      throw new IllegalArgumentException(ours.size() + " turns and " + theirs.size());
    }
  }

  /**
   * Speeds of one phase, in tokens per second.
   *
   * @param ours of Lamina in each turn
   * @param theirs of llama.cpp
   */
  record Speeds(List<Double> ours, List<Double> theirs) {
    double ourMedian() {
      return Statistics.median(ours);
    }

    double theirMedian() {
      return Statistics.median(theirs);
    }

    /** Lamina's median divided by llama.cpp's. */
    double ratio() {
      return ourMedian() / theirMedian();
    }
  }

  /** Of the prompts. */
  Speeds prompts() {
    return new Speeds(
        ours.stream().map(times -> times.promptSpeed(run)).toList(),
        theirs.stream().map(times -> times.promptSpeed(run)).toList());
  }

  /** Of the tokens after them. */
  Speeds generation() {
    return new Speeds(
        ours.stream().map(times -> times.generationSpeed(run)).toList(),
        theirs.stream().map(times -> times.generationSpeed(run)).toList());
  }
}
