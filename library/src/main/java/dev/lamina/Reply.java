package dev.lamina;

import java.time.Duration;

/**
 * What a model has written.
 *
 * @param text the answer, or what follows the prompt
 * @param thought what a model that thinks wrote before its answer; otherwise empty
 * @param finish why it ended
 * @param usage tokens
 * @param timings where the time went
 */
public record Reply(String text, String thought, Finish finish, Usage usage, Timings timings) {
  /** Reasons to end. */
  public enum Finish {
    /** The model ended it. */
    STOP,
    /** The most tokens that were asked for. */
    LENGTH,
    /** The context is full. */
    CONTEXT_FULL,
    /** A stop text, which is no part of the text. */
    STOP_TEXT,
    /** The program ended it. */
    CANCELLED
  }

  /**
   * Tokens.
   *
   * @param prompt of the prompt
   * @param cached of these, those that did not have to be evaluated
   * @param generated chosen, the end-of-generation token included
   */
  public record Usage(int prompt, int cached, int generated) {}

  /**
   * Where the time went. The JVM compiles what it runs while it runs it, so that the first second
   * of a program is slow: {@code steady} tells the speed after it.
   *
   * @param prompt to evaluate the prompt
   * @param generation to evaluate generated tokens
   * @param tokensPerSecond of the generation as a whole
   * @param steadyTokensPerSecond after its first second; NaN if it took no longer
   */
  public record Timings(
      Duration prompt, Duration generation, double tokensPerSecond, double steadyTokensPerSecond) {}

  /** The text. */
  @Override
  public String toString() {
    return text;
  }
}
