package dev.lamina.engine.sampling;

/** A step of a sampler chain: changes logits or removes candidates. */
interface SamplerStep {
  void apply(Candidates candidates);

  /** Tells the step that a token is now part of the sequence. */
  default void accept(int token) {}

  /** True if the likeliest candidate always stays, with the highest logit. */
  default boolean keepsBest() {
    return false;
  }
}
