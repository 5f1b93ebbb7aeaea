package dev.lamina.quantize.quality;

/**
 * A mean and its standard error.
 *
 * @param error 0 for ten values or fewer, which tell nothing of it
 */
public record Estimate(double value, double error) {
  static Estimate mean(double sum, double sumOfSquares, long n) {
    double mean = sum / n;
    return new Estimate(mean, Math.sqrt(Math.max(0, covariance(sum, sum, sumOfSquares, n))));
  }

  /** Covariance of the means of a and b. */
  static double covariance(double sumA, double sumB, double sumOfProducts, long n) {
    return n > 10 ? (sumOfProducts / n - sumA / n * (sumB / n)) / (n - 1) : 0;
  }

  /** Of {@code exp(x)}. */
  Estimate exp() {
    double result = Math.exp(value);
    return new Estimate(result, result * error);
  }

  Estimate times(double factor) {
    return new Estimate(value * factor, Math.abs(error * factor));
  }
}
