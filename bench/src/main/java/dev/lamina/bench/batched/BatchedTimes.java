package dev.lamina.bench.batched;

import java.util.List;

/**
 * Times of a run, in seconds.
 *
 * @param prompts of evaluating all prompts
 * @param generation of all tokens after them
 */
public record BatchedTimes(double prompts, double generation) {
  static BatchedTimes ofNanos(long prompts, long generation) {
    return new BatchedTimes(prompts / 1e9, generation / 1e9);
  }

  /** The mean of some times; there is at least one. */
  static BatchedTimes mean(List<BatchedTimes> times) {
    return new BatchedTimes(
        times.stream().mapToDouble(BatchedTimes::prompts).average().orElseThrow(),
        times.stream().mapToDouble(BatchedTimes::generation).average().orElseThrow());
  }

  /** Of both. */
  public double total() {
    return prompts + generation;
  }

  /** Tokens of prompts in a second. */
  public double promptSpeed(BatchedRun run) {
    return run.promptTokens() / prompts;
  }

  /** Tokens that were generated in a second. */
  public double generationSpeed(BatchedRun run) {
    return run.generatedTokens() / generation;
  }

  /** All tokens in a second. */
  public double speed(BatchedRun run) {
    return run.tokens() / total();
  }
}
