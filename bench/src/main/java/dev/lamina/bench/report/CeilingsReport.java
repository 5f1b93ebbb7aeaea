package dev.lamina.bench.report;

import dev.lamina.cpu.Ceilings;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;

/** What the CPU can do at most, to hold results against. */
public final class CeilingsReport {
  private static final String SQL_TABLE = "lamina_ceilings";

  private final List<Ceilings> ceilings;

  CeilingsReport(List<Ceilings> ceilings) {
    this.ceilings = List.copyOf(ceilings);
  }

  /**
   * Measures this machine with 1 to {@code maxThreads} threads; about a second for each number.
   *
   * @throws IllegalArgumentException if there are less than 1
   * @throws OutOfMemoryError if the gigabyte that is read cannot be had
   */
  public static CeilingsReport measure(int maxThreads) {
    return new CeilingsReport(Ceilings.measure(maxThreads));
  }

  /** A row for each number of threads; GB and GMAC are 10^9 bytes and multiply-additions. */
  public String text(BenchFormat format) {
    return switch (format) {
      case MD -> markdown();
      case CSV -> rows(CsvPrinter::line);
      case SQL -> rows((fields, first) -> SqlPrinter.insert(SQL_TABLE, fields, first));
      case JSON ->
          rows((fields, first) -> JsonPrinter.object(members(fields), first)) + JsonPrinter.END;
      case JSONL -> rows((fields, _) -> JsonLinesPrinter.line(members(fields)));
    };
  }

  /**
   * @param print takes a row and whether it is the first
   */
  private String rows(BiFunction<List<Field>, Boolean, String> print) {
    StringBuilder text = new StringBuilder();
    for (Ceilings row : ceilings) {
      text.append(print.apply(fields(row), text.isEmpty()));
    }
    return text.toString();
  }

  private static List<String> members(List<Field> fields) {
    return fields.stream().map(JsonPrinter::member).toList();
  }

  private String markdown() {
    MarkdownTable<Ceilings> table =
        new MarkdownTable<Ceilings>()
            .number("threads", 7, Ceilings::threads)
            .number("memory read, GB/s", 17, row -> oneDigit(row.readBytesPerSecond()))
            .number("int16, GMAC/s", 13, row -> oneDigit(row.int16MacsPerSecond()))
            .number("fp32, GMAC/s", 12, row -> oneDigit(row.floatMacsPerSecond()));
    StringBuilder text = new StringBuilder(table.header());
    ceilings.forEach(row -> text.append(table.row(row)));
    return text.toString();
  }

  private static String oneDigit(double perSecond) {
    return String.format(Locale.ROOT, "%.1f", perSecond / 1e9);
  }

  private static List<Field> fields(Ceilings row) {
    return List.of(
        Field.integer("n_threads", row.threads()),
        Field.real("read_gb_s", row.readBytesPerSecond() / 1e9),
        Field.real("int16_gmac_s", row.int16MacsPerSecond() / 1e9),
        Field.real("fp32_gmac_s", row.floatMacsPerSecond() / 1e9));
  }
}
