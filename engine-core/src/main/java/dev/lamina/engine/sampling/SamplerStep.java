package dev.lamina.engine.sampling;

/** A step of a sampler chain: changes logits or narrows the choice down. */
interface SamplerStep {
  void apply(Candidates candidates);

  /** Tells the step a token that is now part of the sequence. */
  default void accept(int token) {}

  /** True if the likeliest candidate always stays, with the highest logit. */
  default boolean keepsBest() {
    return false;
  }
}
