package dev.lamina.bench.report;

/** llama-bench's output formats, the same to the name of each field, so that its scripts work. */
public enum BenchFormat {
  CSV,
  JSON,
  JSONL,
  MD,
  SQL;

  ResultPrinter printer(BenchReport report) {
    return switch (this) {
      case CSV -> new CsvPrinter(report);
      case JSON -> new JsonPrinter(report);
      case JSONL -> new JsonLinesPrinter(report);
      case MD -> new MarkdownPrinter(report);
      case SQL -> new SqlPrinter(report);
    };
  }
}
