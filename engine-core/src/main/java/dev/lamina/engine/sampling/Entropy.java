package dev.lamina.engine.sampling;

/** Entropy of a choice. */
final class Entropy {
  private Entropy() {}

  /** In nats, after {@link Candidates#softmax}. */
  static double of(Candidates candidates) {
    double entropy = 0;
    for (int i = 0; i < candidates.size(); i++) {
      double p = candidates.probability(i);
      if (p > 0) {
        entropy -= p * Math.log(p);
      }
    }
    return entropy;
  }
}
