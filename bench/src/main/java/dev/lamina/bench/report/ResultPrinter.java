package dev.lamina.bench.report;

/** Prints a report row by row, as results come. */
interface ResultPrinter {
  /**
   * @param first whether it begins the report
   */
  String row(BenchRow row, boolean first);

  /** What ends a report of at least one row. */
  String end();
}
