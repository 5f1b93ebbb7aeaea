package dev.lamina.engine.sampling;

/**
 * Mirostat (Basu et al. 2021): narrows the choice so that the average surprise of the chosen
 * tokens, in bits, reaches a target. Version 1 finds the number of tokens to keep from an estimate
 * of Zipf's exponent, version 2 keeps the tokens whose surprise is at most a bound that is
 * corrected each time.
 */
final class Mirostat implements TokenChoice {
  /** Number of likeliest tokens in the estimate of version 1. */
  private static final int ESTIMATE_FROM = 100;

  private final SamplingOptions.Mirostat options;
  private final int nVocab;
  private final Mt19937 random;
  private float bound;

  Mirostat(SamplingOptions.Mirostat options, int nVocab, Mt19937 random) {
    this.options = options;
    this.nVocab = nVocab;
    this.random = random;
    this.bound = 2 * options.targetEntropy();
  }

  @Override
  public int choose(Candidates candidates) {
    candidates.sort();
    candidates.softmax();
    if (options.version() == 1) {
      candidates.keepTop(countToKeep(candidates));
    } else {
      candidates.truncate(countWithinBound(candidates));
    }
    candidates.softmax();
    int drawn = DrawChoice.discrete(candidates, random);
    double excess = surprise(candidates, drawn) - options.targetEntropy();
    bound = (float) (bound - options.learningRate() * excess);
    return candidates.id(drawn);
  }

  private int countToKeep(Candidates candidates) {
    double products = 0;
    double squares = 0;
    for (int i = 0; i < Math.min(ESTIMATE_FROM, candidates.size()) - 1; i++) {
      double rank = Math.log((i + 2.0) / (i + 1.0));
      products += rank * (candidates.logit(i) - candidates.logit(i + 1));
      squares += rank * rank;
    }
    double exponent = products / squares;
    double epsilon = exponent - 1;
    double k =
        Math.pow(epsilon * Math.pow(2, bound) / (1 - Math.pow(nVocab, -epsilon)), 1 / exponent);
    return Math.max(1, (int) k); // NaN, from a single candidate, becomes 1 too
  }

  private int countWithinBound(Candidates candidates) {
    int n = 0;
    while (n < candidates.size() && surprise(candidates, n) <= bound) {
      n++;
    }
    return Math.max(1, n);
  }

  private static double surprise(Candidates candidates, int place) {
    return -Math.log(candidates.probability(place)) / Math.log(2);
  }
}
