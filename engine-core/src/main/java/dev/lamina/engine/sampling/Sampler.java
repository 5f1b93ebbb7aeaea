package dev.lamina.engine.sampling;

/**
 * Chooses the next token. Holds the history that penalties look back at; one per generated
 * sequence.
 */
public interface Sampler {
  /**
   * Chooses a token.
   *
   * @param logits one per token of the vocabulary; the sampler may overwrite them
   * @return the chosen token id, which is not yet accepted
   */
  int sample(float[] logits);

  /** Adds a token of the prompt or a chosen one to the sampler's history. */
  void accept(int token);

  /** The seed in use (the drawn one, if none was given). */
  long seed();
}
