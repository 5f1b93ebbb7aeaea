package dev.lamina.engine.sampling;

import java.util.concurrent.ThreadLocalRandom;

/** Makes samplers. */
public final class Samplers {
  private Samplers() {}

  /**
   * A sampler for one sequence. Its order of steps, its random numbers (MT19937) and the way it
   * draws are llama.cpp's, so equal logits and an equal seed give llama.cpp's token.
   *
   * <p>Greedy sampling takes the highest logit after bias and penalties, of equal ones the lowest
   * id; the filters (top-k to min-p) are then not consulted. NaN logits are never chosen.
   *
   * <p>{@link Sampler#sample} throws {@link IllegalArgumentException} if the logits are not {@code
   * nVocab} and {@link NoCandidateException} if none of them is above -Infinity.
   *
   * @param nVocab tokens in the vocabulary, which is also the number of logits
   * @throws IllegalArgumentException if {@code nVocab} is not positive, or a logit bias is for a
   *     token outside the vocabulary
   */
  public static Sampler create(SamplingOptions options, int nVocab) {
    if (nVocab <= 0) {
      throw new IllegalArgumentException("vocabulary of " + nVocab + " tokens");
    }
    for (int token : options.logitBias().keySet()) {
      if (token >= nVocab) {
        throw new IllegalArgumentException(
            "logit bias for token " + token + ", but the vocabulary ends at " + (nVocab - 1));
      }
    }
    long seed =
        options.seed() == null
            ? ThreadLocalRandom.current().nextLong(1L << 32)
            : Integer.toUnsignedLong(options.seed().intValue());
    return new ChainSampler(options, nVocab, seed);
  }
}
