package dev.lamina.bench.compare;

import dev.lamina.bench.Statistics;
import dev.lamina.bench.report.BenchReport;
import dev.lamina.bench.report.MarkdownTable;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** A Markdown table of comparisons. */
public final class ComparisonTable<T extends Compared> implements ComparisonWriter<T> {
  /** Makes the columns of a table. */
  private interface Columns<T> {
    MarkdownTable<T> of(BenchReport report, boolean hasGpu);
  }

  private final BenchReport report;
  private final Consumer<String> sink;
  private final Columns<T> columns;
  private final String note;
  private MarkdownTable<T> table;
  private String build = "";

  private ComparisonTable(
      BenchReport report, Consumer<String> sink, Columns<T> columns, String note) {
    this.report = report;
    this.sink = sink;
    this.columns = columns;
    this.note = note;
  }

  /**
   * A table of tests: medians, and in brackets from the least to the most.
   *
   * @param sink takes each line as it comes
   */
  public static ComparisonTable<Comparison> ofTests(BenchReport report, Consumer<String> sink) {
    return new ComparisonTable<>(
        report,
        sink,
        ComparisonTable::tests,
        "ratio: Lamina by llama.cpp, of the medians; pair ratios: median and range of the ratio in each turn");
  }

  /**
   * A table of texts that decode together: medians, in tokens per second.
   *
   * @param sink takes each line as it comes
   */
  public static ComparisonTable<BatchedComparison> ofTexts(
      BenchReport report, Consumer<String> sink) {
    return new ComparisonTable<>(
        report,
        sink,
        ComparisonTable::texts,
        "S_PP and S_TG: medians in tokens per second; ratio: Lamina by llama.cpp, of the medians");
  }

  @Override
  public void add(T comparison) {
    if (table == null) {
      table = columns.of(report, comparison.where().hasGpu());
      sink.accept(table.header());
    }
    build = comparison.build();
    sink.accept(table.row(comparison));
  }

  @Override
  public void finish() {
    sink.accept("\n" + note + "\n");
    sink.accept("build: Lamina " + report.host().version() + ", llama.cpp " + build + "\n");
  }

  private static MarkdownTable<Comparison> tests(BenchReport report, boolean hasGpu) {
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

  private static MarkdownTable<BatchedComparison> texts(BenchReport report, boolean hasGpu) {
    return new MarkdownTable<BatchedComparison>()
        .text("model", 30, c -> c.model().type())
        .run(report.parameters(), hasGpu, c -> c.run().run(), BatchedComparison::where)
        .number("PP", 5, c -> c.run().nPrompt())
        .number("TG", 6, c -> c.run().nGen())
        .number("B", 4, c -> c.run().streams())
        .number("Lamina S_PP", 11, c -> format(c.prompts().ourMedian()))
        .number("llama.cpp S_PP", 14, c -> format(c.prompts().theirMedian()))
        .number("ratio", 5, c -> format(c.prompts().ratio()))
        .number("Lamina S_TG", 11, c -> format(c.generation().ourMedian()))
        .number("llama.cpp S_TG", 14, c -> format(c.generation().theirMedian()))
        .number("ratio", 5, c -> format(c.generation().ratio()));
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
