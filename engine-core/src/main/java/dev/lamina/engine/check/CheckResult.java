package dev.lamina.engine.check;

/**
 * The difference between an operation of a backend and the scalar reference.
 *
 * @param subject the input of the check: a type of weights or of the KV cache, or a shape
 * @param operation name, such as {@code mat-vec}
 * @param error the worst difference, as a multiple of {@code bound}'s unit
 * @param bound the largest error that is accepted
 */
public record CheckResult(String subject, String operation, double error, double bound) {
  /** Whether the error is within the bound; NaN is not. */
  public boolean ok() {
    return error <= bound;
  }

  @Override
  public String toString() {
    return "%s of %s: error %.3g, bound %.3g".formatted(operation, subject, error, bound);
  }
}
