package dev.lamina.engine.sampling;

import dev.lamina.engine.model.Model;
import dev.lamina.text.tokenizer.Tokenizer;
import java.util.concurrent.ThreadLocalRandom;

/** Makes samplers. */
public final class Samplers {
  private Samplers() {}

  /**
   * A sampler for one sequence. The order of steps, the random numbers (MT19937) and the draws are
   * the same as in llama.cpp, so equal logits and an equal seed give the same token.
   *
   * <p>Greedy sampling chooses the highest logit that the other steps leave; among equal logits,
   * the lowest id. NaN logits are never chosen.
   *
   * <p>{@link Sampler#sample} throws {@link IllegalArgumentException} if the logits are not as many
   * as the vocabulary's tokens and {@link NoCandidateException} if none of them is above -Infinity.
   *
   * @param contextLength largest number of tokens that steps look back at
   * @throws IllegalArgumentException if a logit bias is for a token outside the vocabulary
   */
  public static Sampler create(SamplingOptions options, Model model, int contextLength) {
    return create(options, model.config().nVocab(), model.tokenizer(), contextLength);
  }

  /**
   * As {@link #create(SamplingOptions, Model, int)}, without the features that need the text of
   * tokens.
   */
  public static Sampler create(SamplingOptions options, int nVocab) {
    return create(options, nVocab, null, Integer.MAX_VALUE);
  }

  private static Sampler create(
      SamplingOptions options, int nVocab, Tokenizer tokenizer, int contextLength) {
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
    return new ChainSampler(new SamplerSetup(options, nVocab, tokenizer, contextLength, seed));
  }
}
