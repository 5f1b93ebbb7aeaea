package dev.lamina.engine.check;

/**
 * How an operation of a backend compares with the scalar reference.
 *
 * @param subject what it was tried on: a type of weights or of the KV cache, or a shape
 * @param operation name, such as {@code mat-vec}
 * @param error the worst difference, as a multiple of {@code bound}'s unit
 * @param bound the largest error that is accepted
 */
public record CheckResult(String subject, String operation, double error, double bound) {
  /** NaN is no agreement. */
  public boolean ok() {
    return error <= bound;
  }

  @Override
  public String toString() {
    return "%s of %s: error %.3g, bound %.3g".formatted(operation, subject, error, bound);
  }
}
