package dev.lamina.bench.report;

/** A line with an object for each row. */
record JsonLinesPrinter(BenchReport report) implements ResultPrinter {
  @Override
  public String row(BenchRow row, boolean first) {
    return "{" + String.join(", ", JsonPrinter.members(row, report)) + "}\n";
  }

  @Override
  public String end() {
    return "";
  }
}
