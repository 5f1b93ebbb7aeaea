package dev.lamina.bench;

import java.util.function.Consumer;

/** Tells what is going on, in llama-bench's words. */
public final class BenchProgress {
  private final Consumer<String> lines;
  private final int total;
  private int current;

  /**
   * @param lines takes each line
   * @param total tests of all models
   */
  public BenchProgress(Consumer<String> lines, int total) {
    this.lines = lines;
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
