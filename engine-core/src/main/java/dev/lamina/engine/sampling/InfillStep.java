package dev.lamina.engine.sampling;

import dev.lamina.text.tokenizer.Tokenizer;
import dev.lamina.text.tokenizer.Vocabulary;
import java.util.Arrays;

/**
 * A step for text that fills a gap. It ends the text early when the end is likely. Otherwise it
 * keeps only tokens of high probability; tokens with a common beginning count together.
 */
final class InfillStep implements SamplerStep {
  /**
   * Weight of the end of text. Text ends if this, times the end's probability, times the number of
   * candidates, exceeds the probability of all other tokens.
   */
  private static final int END_WEIGHT = 3;

  private static final double LEAST = 0.2;

  private final Tokenizer tokenizer;
  private final Vocabulary vocabulary;
  private double[] probabilities = {};

  private InfillStep(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    this.vocabulary = tokenizer.vocabulary();
  }

  static SamplerStep create(SamplerSetup setup) {
    return setup.tokenizer() == null ? null : new InfillStep(setup.tokenizer());
  }

  @Override
  public void apply(Candidates candidates) {
    candidates.sort();
    candidates.softmax();
    int n = candidates.size();
    probabilities = new double[n];
    double ends = 0;
    for (int i = 0; i < n; i++) {
      probabilities[i] = candidates.probability(i);
      ends += isEnd(candidates, i) ? probabilities[i] : 0;
    }
    if (END_WEIGHT * ends * n > 1 - ends) {
      candidates.keepIf(i -> isEnd(candidates, i));
      return;
    }
    joinPrefixes(candidates);
    int texts = 0;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      boolean stays = isEnd(candidates, i) || probabilities[i] >= LEAST;
      sum += stays ? probabilities[i] : 0;
      texts += stays && !isEnd(candidates, i) ? 1 : 0;
    }
    if (texts > 0) {
      double bound = Math.max(LEAST, sum / (texts + 1));
      candidates.keepIf(i -> isEnd(candidates, i) || probabilities[i] >= bound);
    } else if (vocabulary.eos() >= 0) {
      candidates.keepOnly(vocabulary.eos());
    }
  }

  /**
   * If one of two tokens is the beginning of the other, gives the likelier one the probability of
   * both.
   */
  private void joinPrefixes(Candidates candidates) {
    byte[][] pieces = new byte[candidates.size()][];
    for (int i = 0; i < pieces.length; i++) {
      pieces[i] = tokenizer.bytes(candidates.id(i), false);
    }
    boolean[] joined = new boolean[pieces.length];
    for (int i = 0; i < pieces.length; i++) {
      for (int j = 0; j < pieces.length && !joined[i]; j++) {
        if (i != j && !joined[j] && isPrefix(pieces[i], pieces[j])) {
          int to = probabilities[j] > probabilities[i] ? j : i;
          int from = i + j - to;
          probabilities[to] += probabilities[from];
          probabilities[from] = 0;
          joined[from] = true;
        }
      }
    }
  }

  private static boolean isPrefix(byte[] prefix, byte[] piece) {
    return prefix.length > 0
        && prefix.length <= piece.length
        && Arrays.equals(prefix, 0, prefix.length, piece, 0, prefix.length);
  }

  private boolean isEnd(Candidates candidates, int i) {
    return vocabulary.isEndOfGeneration(candidates.id(i));
  }
}
