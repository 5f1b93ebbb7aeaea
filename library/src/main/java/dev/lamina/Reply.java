package dev.lamina;

import java.time.Duration;

/**
 * A text that a model has generated.
 *
 * @param text the answer, or what follows the prompt
 * @param thought what the model thought before its answer; empty if nothing
 * @param finish why the text ended
 * @param usage tokens
 * @param timings time spent
 */
public record Reply(String text, String thought, Finish finish, Usage usage, Timings timings) {
  /** Reasons for the end of a text. */
  public enum Finish {
    /** The model ended the text. */
    STOP,
    /** The limit of tokens was reached. */
    LENGTH,
    /** The context is full. */
    CONTEXT_FULL,
    /** A stop text occurred; it is not part of the text. */
    STOP_TEXT,
    /** The program cancelled the text. */
    CANCELLED
  }

  /**
   * Numbers of tokens.
   *
   * @param prompt tokens of the prompt
   * @param cached of these, the tokens that were evaluated before
   * @param generated chosen, the end-of-generation token included
   */
  public record Usage(int prompt, int cached, int generated) {}

  /**
   * Times and speeds. The JVM compiles code while it runs, so the first second of a program is
   * slow; {@code steadyTokensPerSecond} is the speed after it.
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
