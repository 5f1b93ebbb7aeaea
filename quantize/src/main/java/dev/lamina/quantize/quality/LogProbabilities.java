package dev.lamina.quantize.quality;

/** Natural log-probabilities of all tokens of a vocabulary after one position. */
final class LogProbabilities {
  private LogProbabilities() {}

  /** What to take off logits to get log-probabilities. */
  static double normalizer(float[] logits, int offset, int n) {
    float most = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      most = Math.max(most, logits[offset + i]);
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Math.exp(logits[offset + i] - most);
    }
    return most + Math.log(sum);
  }

  static int argMax(float[] values, int offset, int n) {
    int best = 0;
    for (int i = 1; i < n; i++) {
      if (values[offset + i] > values[offset + best]) {
        best = i;
      }
    }
    return best;
  }
}
