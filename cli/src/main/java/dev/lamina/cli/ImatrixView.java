package dev.lamina.cli;

import dev.lamina.quantize.ImportanceMatrix;
import dev.lamina.quantize.ImportanceStatistics;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Prints the statistics of an importance matrix, the most important entries first. */
final class ImatrixView {
  private ImatrixView() {}

  static void print(Console console, ImportanceMatrix matrix) {
    TextTable table = new TextTable("lrrrrrrrrrrr");
    table.row(
        "tensor",
        "sum x²",
        "min",
        "max",
        "mean",
        "std",
        "active %",
        "columns",
        "entropy",
        "of most %",
        "z>1 %",
        "cos to layer before");
    List<ImportanceStatistics> all =
        ImportanceStatistics.of(matrix).stream()
            .sorted(Comparator.comparingDouble(ImportanceStatistics::total).reversed())
            .toList();
    for (ImportanceStatistics s : all) {
      table.row(
          SafeText.oneLine(s.tensor()),
          number(s.total()),
          number(s.least()),
          number(s.most()),
          number(s.mean()),
          number(s.deviation()),
          percent(s.active()),
          s.columns(),
          number(s.entropy()),
          percent(s.evenness()),
          percent(s.outliers()),
          Double.isNaN(s.similarity()) ? "-" : number(s.similarity()));
    }
    table.print(console);
  }

  private static String number(double value) {
    return String.format(
        Locale.ROOT, Math.abs(value) < 1e-3 && value != 0 ? "%.2e" : "%.4f", value);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f", 100 * share);
  }
}
