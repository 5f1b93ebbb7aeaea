package dev.lamina.bench.report;

import dev.lamina.bench.BenchResult;
import dev.lamina.bench.BenchRun;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * Gives each result its speed as a percentage of that of the baseline: the file of one type, of the
 * same architecture and size, in the same test. Rows keep their order, so they wait for their
 * baseline.
 */
public final class Baseline {
  /** What has to be equal. */
  private record Key(String family, BenchRun run) {
    static Key of(BenchResult result) {
      return new Key(result.model().family(), result.run());
    }
  }

  private final String fileType;
  private final Consumer<BenchRow> rows;
  private final Map<Key, Double> speeds = new HashMap<>();
  private final Queue<BenchResult> waiting = new ArrayDeque<>();

  /**
   * @param fileType such as {@code Q4_0}
   * @param rows takes each as soon as it is complete
   */
  public Baseline(String fileType, Consumer<BenchRow> rows) {
    this.fileType = fileType;
    this.rows = rows;
  }

  public void add(BenchResult result) {
    if (result.model().fileType().equalsIgnoreCase(fileType)) {
      speeds.putIfAbsent(Key.of(result), result.meanSpeed());
    }
    waiting.add(result);
    while (!waiting.isEmpty() && speeds.containsKey(Key.of(waiting.element()))) {
      pass(waiting.remove());
    }
  }

  /** Passes on the rows that have no baseline, without a percentage. */
  public void finish() {
    waiting.forEach(this::pass);
    waiting.clear();
  }

  private void pass(BenchResult result) {
    Double speed = speeds.get(Key.of(result));
    rows.accept(
        new BenchRow(
            result,
            speed == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(100 * result.meanSpeed() / speed)));
  }
}
