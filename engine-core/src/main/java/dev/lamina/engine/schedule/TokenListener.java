package dev.lamina.engine.schedule;

/** Receives tokens as they are chosen, in the scheduler's thread, which it must not hold up. */
@FunctionalInterface
public interface TokenListener {
  /**
   * @return false to end the generation
   */
  boolean onToken(int token);

  /** The reason to end, asked for after {@link #onToken} returned false. */
  default GenerationResult.Finish reason() {
    return GenerationResult.Finish.CANCELLED;
  }

  /**
   * Called before each batch of the prompt.
   *
   * @param done prompt tokens evaluated so far
   * @param total prompt tokens to evaluate
   * @return false to end the generation; the tokens evaluated so far stay in memory
   */
  default boolean onPrompt(int done, int total) {
    return true;
  }
}
