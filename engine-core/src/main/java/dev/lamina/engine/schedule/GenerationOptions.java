package dev.lamina.engine.schedule;

/**
 * When to stop generating, and what to do when the context is full.
 *
 * @param maxTokens most tokens to generate; -1 until the model ends or the context is full
 * @param ignoreEos never choose an end-of-generation token
 * @param keep what to do when the context is full: {@link #STOP}, or the number of tokens at the
 *     beginning to keep; the older half of the others is then forgotten, and generation continues
 */
public record GenerationOptions(int maxTokens, boolean ignoreEos, int keep) {
  /** End the generation when the context is full. */
  public static final int STOP = -1;

  /** Options that end the generation when the context is full. */
  public GenerationOptions(int maxTokens, boolean ignoreEos) {
    this(maxTokens, ignoreEos, STOP);
  }

  /** The same with another number of tokens. */
  public GenerationOptions withMaxTokens(int tokens) {
    return new GenerationOptions(tokens, ignoreEos, keep);
  }

  /** The same with another behavior for a full context. */
  public GenerationOptions withKeep(int tokens) {
    return new GenerationOptions(maxTokens, ignoreEos, tokens);
  }
}
