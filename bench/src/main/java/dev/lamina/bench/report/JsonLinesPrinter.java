package dev.lamina.bench.report;

import java.util.List;

/** A line with an object for each row. */
record JsonLinesPrinter(BenchReport report) implements ResultPrinter {
  @Override
  public String row(BenchRow row, boolean first) {
    return line(JsonPrinter.members(row, report));
  }

  static String line(List<String> members) {
    return "{" + String.join(", ", members) + "}\n";
  }

  @Override
  public String end() {
    return "";
  }
}
