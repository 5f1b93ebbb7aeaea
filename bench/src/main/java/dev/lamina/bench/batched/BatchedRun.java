package dev.lamina.bench.batched;

import dev.lamina.bench.BenchRun;
import java.util.List;

/**
 * Streams that decode together: each has a prompt and tokens generated after it.
 *
 * @param run the prompt and the tokens of a stream, at depth 0, and all other parameters
 * @param streams how many there are
 */
public record BatchedRun(BenchRun run, int streams) {
  /**
   * @throws IllegalArgumentException if there are no streams, no prompts, nothing to generate, a
   *     depth, or more tokens than can be counted
   */
  public BatchedRun {
    if (streams < 1) {
      throw new IllegalArgumentException("-np is " + streams + ", expected 1 or more");
    }
    if (run.test().nPrompt() == 0 || run.test().nGen() == 0 || run.test().nDepth() > 0) {
      throw new IllegalArgumentException(
          "with -np each text has a prompt, tokens after it and no depth (-d), unlike "
              + run.test().name());
    }
    long each = (long) run.test().nPrompt() + run.test().nGen();
    if (each * streams > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%d texts of %d tokens are more than can be measured".formatted(streams, each));
    }
  }

  /** All combinations, each once; the number of streams changes first. */
  public static List<BatchedRun> of(List<BenchRun> runs, List<Integer> streams) {
    return runs.stream()
        .flatMap(run -> streams.stream().map(n -> new BatchedRun(run, n)))
        .distinct()
        .toList();
  }

  /** Tokens of a stream's prompt. */
  public int nPrompt() {
    return run.test().nPrompt();
  }

  /** Tokens that a stream generates. */
  public int nGen() {
    return run.test().nGen();
  }

  /** Positions that the cache holds of a stream in the end. */
  public int positions() {
    return nPrompt() + nGen();
  }

  /** Tokens of all prompts. */
  public int promptTokens() {
    return streams * nPrompt();
  }

  /** Tokens that all streams generate. */
  public int generatedTokens() {
    return streams * nGen();
  }

  /** Tokens of all streams. */
  public int tokens() {
    return streams * positions();
  }

  /** Such as {@code 8 x pp512+tg128}. */
  public String name() {
    return streams + " x " + run.test().name();
  }
}
