package dev.lamina.bench.report;

import dev.lamina.bench.BenchHost;
import dev.lamina.bench.BenchResult;
import java.util.Locale;

/** llama-bench's table. */
record MarkdownPrinter(BenchReport report) implements ResultPrinter {
  @Override
  public String row(BenchRow row, boolean first) {
    MarkdownTable<BenchRow> table = table(row.result().where().hasGpu());
    return (first ? table.header() : "") + table.row(row);
  }

  @Override
  public String end() {
    return end(report.host());
  }

  /** The line below a table. */
  static String end(BenchHost host) {
    return "\nbuild: " + host.version() + " (" + BenchHost.BUILD_NUMBER + ")\n";
  }

  /**
   * @param hasGpu layers on GPUs are shown; threads always are, since CPU and GPU may share a model
   */
  private MarkdownTable<BenchRow> table(boolean hasGpu) {
    MarkdownTable<BenchRow> table =
        new MarkdownTable<BenchRow>()
            .text("model", 30, row -> row.result().model().type())
            .number("size", 10, row -> size(row.result().model().bytes()))
            .number("params", 10, row -> parameters(row.result().model().parameters()))
            .run(
                report.parameters(),
                hasGpu,
                row -> row.result().run(),
                row -> row.result().where());
    table
        .number("test", 15, row -> row.result().run().test().name())
        .number("t/s", 20, row -> speed(row.result()));
    if (report.baseline().isPresent()) {
      table.number("% of baseline", 13, MarkdownPrinter::percent);
    }
    return table;
  }

  private static String size(long bytes) {
    return bytes < 1L << 30
        ? String.format(Locale.ROOT, "%.2f MiB", bytes / 0x1p20)
        : String.format(Locale.ROOT, "%.2f GiB", bytes / 0x1p30);
  }

  private static String parameters(long count) {
    return count < 1_000_000_000
        ? String.format(Locale.ROOT, "%.2f M", count / 1e6)
        : String.format(Locale.ROOT, "%.2f B", count / 1e9);
  }

  private static String speed(BenchResult result) {
    return String.format(Locale.ROOT, "%.2f ± %.2f", result.meanSpeed(), result.deviationSpeed());
  }

  private static String percent(BenchRow row) {
    return row.percent().isPresent()
        ? String.format(Locale.ROOT, "%.1f", row.percent().getAsDouble())
        : "-";
  }
}
