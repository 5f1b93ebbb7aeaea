package dev.lamina.engine.sampling;

import dev.lamina.engine.model.Model;
import dev.lamina.text.tokenizer.Tokenizer;
import java.util.concurrent.ThreadLocalRandom;

/** Makes samplers. */
public final class Samplers {
  private Samplers() {}

  /**
   * A sampler for one sequence. Its order of steps, its random numbers (MT19937) and the way it
   * draws are llama.cpp's, so equal logits and an equal seed give llama.cpp's token.
   *
   * <p>Greedy sampling takes the highest logit of those that the other steps leave, of equal ones
   * the lowest id. NaN logits are never chosen.
   *
   * <p>{@link Sampler#sample} throws {@link IllegalArgumentException} if the logits are not as many
   * as the vocabulary's tokens and {@link NoCandidateException} if none of them is above -Infinity.
   *
   * @param contextLength most tokens that steps look back at
   * @throws IllegalArgumentException if a logit bias is for a token outside the vocabulary
   */
  public static Sampler create(SamplingOptions options, Model model, int contextLength) {
    return create(options, model.config().nVocab(), model.tokenizer(), contextLength);
  }

  /**
   * As {@link #create(SamplingOptions, Model, int)}, without what only the texts of tokens tell.
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
