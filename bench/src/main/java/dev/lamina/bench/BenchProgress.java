package dev.lamina.bench;

import java.util.Locale;
import java.util.function.Consumer;

/** Reports progress in llama-bench's words. */
public final class BenchProgress {
  private final Consumer<String> lines;
  private final Consumer<String> warnings;
  private final int total;
  private int current;

  /**
   * @param lines takes each line
   * @param warnings takes lines that the user is to see in any case
   * @param total tests of all models
   */
  public BenchProgress(Consumer<String> lines, Consumer<String> warnings, int total) {
    this.lines = lines;
    this.warnings = warnings;
    this.total = total;
  }

  /** The next test begins. */
  public void next() {
    current++;
    step("starting");
  }

  /** A part of the current test begins. */
  public void step(String what) {
    lines.accept("lamina bench: benchmark " + current + "/" + total + ": " + what);
  }

  /** The warm-up of a test ended, and its runs still differed by a part of their time. */
  void unsettled(String test, double difference) {
    warnings.accept(
        String.format(
            Locale.ROOT,
            "warning: %s never settled: its last two warm-up runs differ by %.0f %%, so its speed may be off",
            test,
            100 * difference));
  }

  /**
   * @param index of the repetition, from 0
   */
  void repetition(BenchTest test, int index, int repetitions) {
    String count = " run " + (index + 1) + "/" + repetitions;
    if (test.nPrompt() > 0) {
      step("prompt" + count);
    }
    if (test.nGen() > 0) {
      step("generation" + count);
    }
  }
}
