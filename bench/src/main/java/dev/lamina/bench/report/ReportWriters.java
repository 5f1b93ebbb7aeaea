package dev.lamina.bench.report;

import dev.lamina.bench.BenchResult;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** The same report in one format or in two, with a baseline if it has one. */
public final class ReportWriters {
  private final BenchReport report;
  private final List<ReportWriter> writers = new ArrayList<>();
  private final Baseline baseline;

  /**
   * @param sink takes pieces of text as soon as there is a row
   */
  public ReportWriters(BenchReport report, BenchFormat format, Consumer<String> sink) {
    this.report = report;
    this.baseline = report.baseline().map(type -> new Baseline(type, this::write)).orElse(null);
    alsoTo(format, sink);
  }

  /** Writes to another place too. */
  public void alsoTo(BenchFormat format, Consumer<String> sink) {
    writers.add(new ReportWriter(format, report, sink));
  }

  public void add(BenchResult result) {
    if (baseline != null) {
      baseline.add(result);
    } else {
      write(new BenchRow(result, OptionalDouble.empty()));
    }
  }

  /** Writes what is held back and ends the report. */
  public void finish() {
    if (baseline != null) {
      baseline.finish();
    }
    writers.forEach(ReportWriter::finish);
  }

  private void write(BenchRow row) {
    writers.forEach(writer -> writer.add(row));
  }
}
