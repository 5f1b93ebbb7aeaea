package dev.lamina.bench.quality;

import dev.lamina.gguf.output.PendingFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The results as a page to look at, with the charts beside it. */
public final class QualityPage {
  private static final String PAGE = "index.html";
  private static final String DIVERGENCE = "kld";
  private static final String SVG = ".svg";
  private static final List<String> FORMATS = List.of(SVG, ".png");

  private final String title;
  private final String summary;
  private final List<QualityRow> rows;
  private final Set<String> tests = new LinkedHashSet<>();

  /**
   * @param title of the page
   * @param summary a sentence on what was measured and where
   */
  public QualityPage(String title, String summary, List<QualityRow> rows) {
    this.title = title;
    this.summary = summary;
    this.rows =
        rows.stream().sorted(Comparator.comparingLong(QualityRow::bytes).reversed()).toList();
    this.rows.forEach(row -> tests.addAll(row.speeds().keySet()));
  }

  /**
   * What {@link #write} writes: {@code index.html} and each chart as SVG and as PNG.
   *
   * @param tests those whose speeds were measured
   */
  public static List<Path> files(Path folder, Collection<String> tests) {
    List<Path> files = new ArrayList<>(List.of(folder.resolve(PAGE)));
    FORMATS.forEach(format -> files.add(folder.resolve(DIVERGENCE + format)));
    for (String test : tests) {
      FORMATS.forEach(format -> files.add(folder.resolve(QualityCharts.fileName(test) + format)));
    }
    return files;
  }

  /**
   * Writes the page and its charts, all or nothing.
   *
   * @return the files
   */
  public List<Path> write(Path folder) throws IOException {
    try (PendingFiles files = new PendingFiles()) {
      addCharts(files, folder);
      files.add(folder.resolve(PAGE), PendingFiles.bytes(html()));
      files.commit();
    }
    return files(folder, tests);
  }

  private void addCharts(PendingFiles files, Path folder) throws IOException {
    QualityCharts charts = new QualityCharts(title, rows);
    for (String format : FORMATS) {
      charts.addDivergence(files, folder.resolve(DIVERGENCE + format));
      for (String test : tests) {
        charts.addSpeed(files, folder.resolve(QualityCharts.fileName(test) + format), test);
      }
    }
  }

  private String html() throws IOException {
    StringBuilder images = new StringBuilder();
    image(images, DIVERGENCE + SVG, "Divergence over size");
    for (String test : tests) {
      image(images, QualityCharts.fileName(test) + SVG, "Speed over size, " + test);
    }
    return resource()
        .replace("@TITLE@", escape(title))
        .replace("@SUMMARY@", escape(summary))
        .replace("@CHARTS@", images.toString().stripTrailing())
        .replace("@TABLE@", table());
  }

  private static void image(StringBuilder to, String file, String text) {
    to.append("<p><img src=\"%s\" alt=\"%s\"></p>%n".formatted(escape(file), escape(text)));
  }

  private String table() {
    StringBuilder table = new StringBuilder("<tr>");
    List.of("type", "size", "bpw", "perplexity", "mean KLD", "median", "99 %", "max", "same top")
        .forEach(name -> table.append(cell("th", name)));
    boolean int8 = rows.stream().anyMatch(row -> !Double.isNaN(row.meanDivergenceInt8()));
    if (int8) {
      table.append(cell("th", "mean KLD, int8"));
    }
    tests.forEach(test -> table.append(cell("th", test + " t/s")));
    table.append("</tr>\n");
    for (QualityRow row : rows) {
      boolean best = row.isBestOf(rows);
      String style = (best ? "best " : "") + (row.isChosen() ? "chosen" : "");
      table.append("<tr class=\"").append(style.strip()).append("\">");
      table.append(cell("td", row.type()));
      table.append(cell("td", number("%.1f MB", row.bytes() / 1e6)));
      table.append(cell("td", number("%.2f", row.bitsPerWeight())));
      table.append(
          cell("td", number("%.3f", row.perplexity()) + number(" ± %.3f", row.perplexityError())));
      table.append(cell("td", number("%.5f", row.meanDivergence())));
      table.append(cell("td", number("%.5f", row.medianDivergence())));
      table.append(cell("td", number("%.4f", row.p99Divergence())));
      table.append(cell("td", number("%.3f", row.maxDivergence())));
      table.append(cell("td", number("%.1f %%", 100 * row.sameTop())));
      if (int8) {
        table.append(cell("td", number("%.5f", row.meanDivergenceInt8())));
      }
      for (String test : tests) {
        table.append(cell("td", number("%.1f", row.speeds().getOrDefault(test, Double.NaN))));
      }
      table.append("</tr>\n");
    }
    return table.toString().stripTrailing();
  }

  private static String number(String format, double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
  }

  private static String cell(String tag, String text) {
    return "<" + tag + ">" + escape(text) + "</" + tag + ">";
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String resource() throws IOException {
    try (InputStream in = QualityPage.class.getResourceAsStream("page.html")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
