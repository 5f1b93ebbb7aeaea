package dev.lamina.engine.generate;

/**
 * When to stop.
 *
 * @param maxTokens most tokens to generate; -1 until the model ends or the context is full
 * @param ignoreEos never choose an end-of-generation token
 * @param keep what to do when the context is full: {@link #STOP}, or how many tokens of the
 *     beginning to keep when the older half of the others is forgotten and the text goes on
 */
public record GenerationOptions(int maxTokens, boolean ignoreEos, int keep) {
  /** End the text when the context is full. */
  public static final int STOP = -1;

  /** Ends the text when the context is full. */
  public GenerationOptions(int maxTokens, boolean ignoreEos) {
    this(maxTokens, ignoreEos, STOP);
  }

  /** The same with another number of tokens. */
  public GenerationOptions withMaxTokens(int tokens) {
    return new GenerationOptions(tokens, ignoreEos, keep);
  }

  /** The same with something else done when the context is full. */
  public GenerationOptions withKeep(int tokens) {
    return new GenerationOptions(maxTokens, ignoreEos, tokens);
  }
}
