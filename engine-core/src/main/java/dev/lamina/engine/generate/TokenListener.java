package dev.lamina.engine.generate;

/** Receives tokens as they are chosen. */
@FunctionalInterface
public interface TokenListener {
  /**
   * @return false to end the generation
   */
  boolean onToken(int token);

  /** Why the generation ends, after {@link #onToken} has said that it does. */
  default GenerationResult.Finish reason() {
    return GenerationResult.Finish.CANCELLED;
  }

  /**
   * Called before each batch of the prompt.
   *
   * @param done prompt tokens evaluated so far
   * @param total prompt tokens to evaluate
   * @return false to end the generation; what is evaluated so far stays in the session
   */
  default boolean onPrompt(int done, int total) {
    return true;
  }
}
