package dev.lamina.bench.report;

import java.util.function.Consumer;

/** Writes a report in one format to one place. */
public final class ReportWriter {
  private final ResultPrinter printer;
  private final Consumer<String> sink;
  private boolean first = true;

  /**
   * @param sink takes pieces of text as soon as there is a row
   */
  public ReportWriter(BenchFormat format, BenchReport report, Consumer<String> sink) {
    this.printer = format.printer(report);
    this.sink = sink;
  }

  public void add(BenchRow row) {
    sink.accept(printer.row(row, first));
    first = false;
  }

  /** Ends the report. */
  public void finish() {
    sink.accept(printer.end());
  }
}
