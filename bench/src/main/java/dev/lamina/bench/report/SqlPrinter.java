package dev.lamina.bench.report;

import java.util.List;
import java.util.stream.Collectors;

/** Statements that fill a table; it has llama-bench's name, so that one table holds both. */
record SqlPrinter(BenchReport report) implements ResultPrinter {
  private static final String TABLE = "llama_bench";

  @Override
  public String row(BenchRow row, boolean first) {
    return insert(TABLE, CsvPrinter.fields(row, report), first);
  }

  /**
   * @param first puts the statement that creates the table above
   */
  static String insert(String table, List<Field> fields, boolean first) {
    String names = fields.stream().map(Field::name).collect(Collectors.joining(", "));
    String values = fields.stream().map(SqlPrinter::literal).collect(Collectors.joining(", "));
    String insert = "INSERT INTO " + table + " (" + names + ") VALUES (" + values + ");\n";
    return first ? create(table, fields) + insert : insert;
  }

  private static String create(String table, List<Field> fields) {
    return fields.stream()
        .map(field -> "  " + field.name() + " " + field.type().sql())
        .collect(
            Collectors.joining(",\n", "CREATE TABLE IF NOT EXISTS " + table + " (\n", "\n);\n\n"));
  }

  private static String literal(Field field) {
    return field.value() == null ? "NULL" : "'" + field.plain().replace("'", "''") + "'";
  }

  @Override
  public String end() {
    return "";
  }
}
