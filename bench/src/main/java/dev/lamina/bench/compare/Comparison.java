package dev.lamina.bench.compare;

import dev.lamina.bench.BenchModel;
import dev.lamina.bench.BenchPlace;
import dev.lamina.bench.BenchRun;
import dev.lamina.bench.Statistics;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One test by both programs, which took turns.
 *
 * @param ours tokens per second of Lamina in each turn
 * @param theirs of llama.cpp, as many
 * @param build of llama.cpp
 */
public record Comparison(
    BenchModel model,
    BenchRun run,
    BenchPlace where,
    List<Double> ours,
    List<Double> theirs,
    String build)
    implements Compared {
  public Comparison {
    ours = List.copyOf(ours);
    theirs = List.copyOf(theirs);
    if (ours.isEmpty() || ours.size() != theirs.size()) {
      throw new IllegalArgumentException(ours.size() + " turns and " + theirs.size());
    }
  }

  /** Lamina's median divided by llama.cpp's. */
  public double ratio() {
    return Statistics.median(ours) / Statistics.median(theirs);
  }

  /** The ratio in each turn: what slows the machine down for a while slows both. */
  public List<Double> pairRatios() {
    return IntStream.range(0, ours.size()).mapToObj(i -> ours.get(i) / theirs.get(i)).toList();
  }
}
