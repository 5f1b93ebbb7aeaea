package dev.lamina.engine.sampling;

/** Entropy of the candidates' probabilities. */
final class Entropy {
  private Entropy() {}

  /** Entropy in nats; call {@link Candidates#softmax} first. */
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
