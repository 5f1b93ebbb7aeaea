package dev.lamina.engine.sampling;

/**
 * Chooses the next token. Holds the history that penalties look back at; one per generated
 * sequence.
 */
public interface Sampler {
  /**
   * @param logits one per token of the vocabulary; the sampler may overwrite them
   * @return the chosen token id, which is not yet accepted
   */
  int sample(float[] logits);

  /** Tells the sampler a token (of the prompt or chosen) that is now part of the sequence. */
  void accept(int token);

  /** The seed in use (the drawn one, if none was given). */
  long seed();
}
