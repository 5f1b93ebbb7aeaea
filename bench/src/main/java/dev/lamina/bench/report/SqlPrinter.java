package dev.lamina.bench.report;

import java.util.List;
import java.util.stream.Collectors;

/** Statements that fill a table; it has llama-bench's name, so that one table holds both. */
record SqlPrinter(BenchReport report) implements ResultPrinter {
  private static final String TABLE = "llama_bench";

  @Override
  public String row(BenchRow row, boolean first) {
    List<Field> fields = CsvPrinter.fields(row, report);
    String names = fields.stream().map(Field::name).collect(Collectors.joining(", "));
    String values = fields.stream().map(SqlPrinter::literal).collect(Collectors.joining(", "));
    String insert = "INSERT INTO " + TABLE + " (" + names + ") VALUES (" + values + ");\n";
    return first ? create(fields) + insert : insert;
  }

  private static String create(List<Field> fields) {
    return fields.stream()
        .map(field -> "  " + field.name() + " " + field.type().sql())
        .collect(
            Collectors.joining(",\n", "CREATE TABLE IF NOT EXISTS " + TABLE + " (\n", "\n);\n\n"));
  }

  private static String literal(Field field) {
    return field.value() == null ? "NULL" : "'" + field.plain().replace("'", "''") + "'";
  }

  @Override
  public String end() {
    return "";
  }
}
