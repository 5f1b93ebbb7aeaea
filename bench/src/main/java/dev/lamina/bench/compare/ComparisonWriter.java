package dev.lamina.bench.compare;

/** Prints comparisons one after the other as they come. */
public interface ComparisonWriter {
  void add(Comparison comparison);

  /** Ends the report. */
  void finish();
}
