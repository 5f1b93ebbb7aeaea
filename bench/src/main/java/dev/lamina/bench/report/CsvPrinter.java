package dev.lamina.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A header without quotes, values with. */
record CsvPrinter(BenchReport report) implements ResultPrinter {
  @Override
  public String row(BenchRow row, boolean first) {
    return line(fields(row, report), first);
  }

  /**
   * @param first puts the header above
   */
  static String line(List<Field> fields, boolean first) {
    String header = fields.stream().map(Field::name).collect(Collectors.joining(",", "", "\n"));
    return fields.stream()
        .map(field -> '"' + field.plain().replace("\"", "\"\"") + '"')
        .collect(Collectors.joining(",", first ? header : "", "\n"));
  }

  @Override
  public String end() {
    return "";
  }

  /** All fields of a row that are single values. */
  static List<Field> fields(BenchRow row, BenchReport report) {
    List<Field> fields = new ArrayList<>(BenchFields.of(row, report));
    fields.addAll(BenchFields.baseline(row, report));
    return fields;
  }
}
