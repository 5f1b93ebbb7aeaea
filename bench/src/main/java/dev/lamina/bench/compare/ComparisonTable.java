package dev.lamina.bench.compare;

import dev.lamina.bench.Statistics;
import dev.lamina.bench.report.BenchReport;
import dev.lamina.bench.report.MarkdownTable;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** A Markdown table: medians, and in brackets from the least to the most. */
public final class ComparisonTable implements ComparisonWriter<Comparison> {
  private final BenchReport report;
  private final Consumer<String> sink;
  private MarkdownTable<Comparison> table;
  private String build = "";

  /**
   * @param sink takes each line as it comes
   */
  public ComparisonTable(BenchReport report, Consumer<String> sink) {
    this.report = report;
    this.sink = sink;
  }

  @Override
  public void add(Comparison comparison) {
    if (table == null) {
      table = table(comparison.where().hasGpu());
      sink.accept(table.header());
    }
    build = comparison.build();
    sink.accept(table.row(comparison));
  }

  @Override
  public void finish() {
    sink.accept(
        "\nratio: Lamina by llama.cpp, of the medians; pair ratios: median and range of the ratio in each turn\n");
    sink.accept("build: Lamina " + report.host().version() + ", llama.cpp " + build + "\n");
  }

  private MarkdownTable<Comparison> table(boolean hasGpu) {
    MarkdownTable<Comparison> columns =
        new MarkdownTable<Comparison>().text("model", 30, c -> c.model().type());
    if (hasGpu) {
      columns.number("ngl", 3, c -> c.where().gpuLayers());
    }
    return columns
        .number("threads", 7, c -> c.run().settings().threads())
        .parameters(report.parameters(), c -> c.run().settings())
        .number("test", 15, c -> c.run().test().name())
        .number("Lamina t/s", 27, c -> summary(c.ours()))
        .number("llama.cpp t/s", 27, c -> summary(c.theirs()))
        .number("ratio", 5, c -> format(c.ratio()))
        .number("pair ratios", 20, c -> summary(c.pairRatios()));
  }

  private static String summary(List<Double> values) {
    return format(Statistics.median(values))
        + " ("
        + format(Collections.min(values))
        + " to "
        + format(Collections.max(values))
        + ")";
  }

  private static String format(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
