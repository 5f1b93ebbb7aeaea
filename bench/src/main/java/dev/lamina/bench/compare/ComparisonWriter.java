package dev.lamina.bench.compare;

/**
 * Prints comparisons one after the other as they come.
 *
 * @param <T> their kind
 */
public interface ComparisonWriter<T> {
  void add(T comparison);

  /** Ends the report. */
  void finish();
}
