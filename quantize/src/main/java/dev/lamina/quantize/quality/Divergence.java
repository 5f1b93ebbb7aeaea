package dev.lamina.quantize.quality;

import java.util.Arrays;

/**
 * The distance of a model's predictions from another model's, the base: the Kullback-Leibler
 * divergence, and the change of the probability of the actual next token. The figures are
 * llama.cpp's.
 */
public final class Divergence {
  private final Perplexity own = new Perplexity();
  private final Perplexity base = new Perplexity();
  private float[] divergences = new float[1024];
  private float[] changes = new float[1024];
  private int n;
  private int sameTop;
  private double sumOfProducts;
  private double sum;
  private double sumOfSquares;
  private double sumOfChanges;
  private double sumOfSquaredChanges;
  private double sumOfFourthPowers;

  /**
   * Adds a position.
   *
   * @param logits the model's, nVocab from offset on
   * @param expected the base's log-probabilities, [nVocab]
   * @param next the actual next token
   */
  public void add(float[] logits, int offset, float[] expected, int next) {
    int nVocab = expected.length;
    double normalizer = LogProbabilities.normalizer(logits, offset, nVocab);
    double divergence = 0;
    for (int i = 0; i < nVocab; i++) {
      double q = logits[offset + i] - normalizer;
      divergence += Math.exp(expected[i]) * (expected[i] - q);
    }
    double ownLog = logits[offset + next] - normalizer;
    double baseLog = expected[next];
    own.add(ownLog);
    base.add(baseLog);
    sumOfProducts += ownLog * baseLog;
    boolean same =
        LogProbabilities.argMax(logits, offset, nVocab)
            == LogProbabilities.argMax(expected, 0, nVocab);
    sameTop += same ? 1 : 0;
    add(divergence, Math.exp(ownLog) - Math.exp(baseLog));
  }

  private void add(double divergence, double change) {
    if (n == divergences.length) {
      divergences = Arrays.copyOf(divergences, 2 * n);
      changes = Arrays.copyOf(changes, 2 * n);
    }
    divergences[n] = (float) divergence;
    changes[n] = (float) change;
    n++;
    sum += divergence;
    sumOfSquares += divergence * divergence;
    sumOfChanges += change;
    double square = change * change;
    sumOfSquaredChanges += square;
    sumOfFourthPowers += square * square;
  }

  public Estimate perplexity() {
    return own.estimate();
  }

  public Estimate basePerplexity() {
    return base.estimate();
  }

  /** Mean of the ratio's logarithm. */
  public Estimate logRatio() {
    Estimate a = own.logEstimate();
    Estimate b = base.logEstimate();
    double squared = a.error() * a.error() + b.error() * b.error() - 2 * covariance();
    return new Estimate(a.value() - b.value(), Math.sqrt(Math.max(0, squared)));
  }

  private double covariance() {
    return Estimate.covariance(own.sum(), base.sum(), sumOfProducts, n);
  }

  /** Of the logarithms of both perplexities, in percent. */
  public double correlation() {
    return 100 * covariance() / (own.logEstimate().error() * base.logEstimate().error());
  }

  public Estimate ratio() {
    return logRatio().exp();
  }

  public Estimate difference() {
    Estimate a = perplexity();
    Estimate b = basePerplexity();
    double squared =
        a.error() * a.error() + b.error() * b.error() - 2 * a.value() * b.value() * covariance();
    return new Estimate(a.value() - b.value(), Math.sqrt(Math.max(0, squared)));
  }

  public Estimate mean() {
    return Estimate.mean(sum, sumOfSquares, n);
  }

  /** Sorted divergences. */
  public Quantiles divergences() {
    return Quantiles.of(divergences, n);
  }

  /** Mean change of the probability of the actual next token. */
  public Estimate meanChange() {
    return Estimate.mean(sumOfChanges, sumOfSquaredChanges, n);
  }

  /** Root of the mean square of these changes. */
  public Estimate rmsChange() {
    Estimate square = Estimate.mean(sumOfSquaredChanges, sumOfFourthPowers, n);
    double root = Math.sqrt(square.value());
    return new Estimate(root, root == 0 ? 0 : 0.5 / root * square.error());
  }

  /** Sorted changes. */
  public Quantiles changes() {
    return Quantiles.of(changes, n);
  }

  /** Share of positions at which both find the same token the likeliest. */
  public Estimate sameTop() {
    double share = (double) sameTop / n;
    return new Estimate(share, n > 1 ? Math.sqrt(share * (1 - share) / (n - 1)) : 0);
  }
}
