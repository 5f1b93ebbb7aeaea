package dev.lamina.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** llama-bench's Markdown table. */
final class MarkdownTable {
  private static final int TEXT = -1;
  private static final int NUMBER = 1;

  /**
   * @param width of its cells, less where a header or value is longer
   * @param align TEXT or NUMBER
   */
  private record Column(String header, int width, int align, Function<BenchResult, String> value) {
    String pad(String text) {
      String fill = " ".repeat(Math.max(0, width - text.length()));
      return align == TEXT ? text + fill : fill + text;
    }

    String rule() {
      return align == TEXT ? "-".repeat(width) : "-".repeat(width - 1) + ":";
    }
  }

  private final List<Column> columns = new ArrayList<>();

  /** GPU layers are shown if there are GPUs, batch sizes if they are not the usual ones. */
  MarkdownTable(BenchSettings settings, boolean hasGpu) {
    columns.add(new Column("model", 30, TEXT, r -> r.model().type()));
    columns.add(new Column("size", 10, NUMBER, r -> size(r.model().bytes())));
    columns.add(new Column("params", 10, NUMBER, r -> parameters(r.model().parameters())));
    columns.add(new Column("backend", 10, TEXT, BenchResult::backend));
    if (hasGpu) {
      columns.add(number("ngl", 3, BenchResult::gpuLayers));
    }
    columns.add(number("threads", 7, r -> r.settings().threads()));
    if (settings.nBatch() != BenchSettings.DEFAULT_BATCH) {
      columns.add(number("n_batch", 7, r -> r.settings().nBatch()));
    }
    if (settings.nUbatch() != BenchSettings.DEFAULT_UBATCH) {
      columns.add(number("n_ubatch", 8, r -> r.settings().nUbatch()));
    }
    columns.add(new Column("test", 15, NUMBER, r -> r.test().name()));
    columns.add(new Column("t/s", 20, NUMBER, MarkdownTable::speed));
  }

  String header() {
    return line(column -> column.pad(column.header())) + line(Column::rule);
  }

  String row(BenchResult result) {
    return line(column -> column.pad(column.value().apply(result)));
  }

  private String line(Function<Column, String> cell) {
    return columns.stream().map(cell).collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  private static Column number(String header, int width, Function<BenchResult, Integer> value) {
    return new Column(header, width, NUMBER, value.andThen(String::valueOf));
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
}
