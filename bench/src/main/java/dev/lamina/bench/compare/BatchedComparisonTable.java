package dev.lamina.bench.compare;

import dev.lamina.bench.report.BenchReport;
import dev.lamina.bench.report.MarkdownTable;
import java.util.Locale;
import java.util.function.Consumer;

/** A Markdown table of medians, in tokens per second. */
public final class BatchedComparisonTable implements ComparisonWriter<BatchedComparison> {
  private final BenchReport report;
  private final Consumer<String> sink;
  private MarkdownTable<BatchedComparison> table;
  private String build = "";

  /**
   * @param sink takes each line as it comes
   */
  public BatchedComparisonTable(BenchReport report, Consumer<String> sink) {
    this.report = report;
    this.sink = sink;
  }

  @Override
  public void add(BatchedComparison comparison) {
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
        "\nS_PP and S_TG: medians in tokens per second; ratio: Lamina by llama.cpp, of the medians\n");
    sink.accept("build: Lamina " + report.host().version() + ", llama.cpp " + build + "\n");
  }

  private MarkdownTable<BatchedComparison> table(boolean hasGpu) {
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

  private static String format(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
