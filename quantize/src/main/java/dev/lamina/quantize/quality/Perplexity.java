package dev.lamina.quantize.quality;

/** How surprised a model is by a text: the exponential of the mean negative log-probability. */
public final class Perplexity {
  private long n;
  private double sum;
  private double sumOfSquares;

  /**
   * Adds a position.
   *
   * @param logits nVocab from offset on
   * @param next the actual next token
   */
  public void add(float[] logits, int offset, int nVocab, int next) {
    add(logits[offset + next] - LogProbabilities.normalizer(logits, offset, nVocab));
  }

  /**
   * @param logProbability natural, of the actual next token
   */
  void add(double logProbability) {
    n++;
    sum -= logProbability;
    sumOfSquares += logProbability * logProbability;
  }

  public Estimate estimate() {
    return logEstimate().exp();
  }

  /** Of the mean negative log-probability. */
  public Estimate logEstimate() {
    return Estimate.mean(sum, sumOfSquares, n);
  }

  double sum() {
    return sum;
  }
}
