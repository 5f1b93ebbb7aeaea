package dev.lamina.bench.quality;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import dev.lamina.gguf.output.PendingFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Reads and writes {@code quality.csv}: a line for each file, and a column for each test's speed.
 */
public final class QualityTable {
  private static final List<String> COLUMNS =
      List.of(
          "file",
          "type",
          "bytes",
          "bpw",
          "ppl",
          "ppl_error",
          "mean_kld",
          "kld_error",
          "median_kld",
          "p99_kld",
          "max_kld",
          "same_top_pct",
          "mean_kld_int8");

  private QualityTable() {}

  /** Writes the rows, replacing a file of that name only when all are written. */
  public static void write(Path path, List<QualityRow> rows) throws IOException {
    Set<String> speeds = new LinkedHashSet<>();
    rows.forEach(row -> speeds.addAll(row.speeds().keySet()));
    CsvSchema.Builder schema = CsvSchema.builder().setUseHeader(true);
    COLUMNS.forEach(schema::addColumn);
    speeds.forEach(schema::addColumn);
    ObjectWriter writer = new CsvMapper().writer(schema.build());
    List<Map<String, String>> lines = rows.stream().map(row -> line(row, speeds)).toList();
    PendingFiles.write(path, writer.writeValueAsString(lines));
  }

  private static Map<String, String> line(QualityRow row, Set<String> speeds) {
    Map<String, String> line = new LinkedHashMap<>();
    String[] values = {
      row.file(),
      row.type(),
      String.valueOf(row.bytes()),
      number("%.4f", row.bitsPerWeight()),
      number("%.5f", row.perplexity()),
      number("%.5f", row.perplexityError()),
      number("%.7f", row.meanDivergence()),
      number("%.7f", row.divergenceError()),
      number("%.7f", row.medianDivergence()),
      number("%.6f", row.p99Divergence()),
      number("%.6f", row.maxDivergence()),
      number("%.3f", 100 * row.sameTop()),
      number("%.7f", row.meanDivergenceInt8())
    };
    for (int i = 0; i < values.length; i++) {
      line.put(COLUMNS.get(i), values[i]);
    }
    speeds.forEach(
        name -> line.put(name, number("%.2f", row.speeds().getOrDefault(name, Double.NaN))));
    return line;
  }

  private static String number(String format, double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
  }

  /**
   * Reads what {@link #write} has written.
   *
   * @throws IOException if it cannot be read or is something else; the message says so
   */
  public static List<QualityRow> read(Path path) throws IOException {
    List<QualityRow> rows = new ArrayList<>();
    CsvSchema header = CsvSchema.emptySchema().withHeader();
    try (MappingIterator<Map<String, String>> lines =
        new CsvMapper().readerForMapOf(String.class).with(header).readValues(path.toFile())) {
      while (lines.hasNext()) {
        rows.add(row(lines.next()));
      }
    } catch (RuntimeException e) {
      throw new IOException(path + " is no table of qualities: " + e.getMessage(), e);
    }
    return rows;
  }

  private static QualityRow row(Map<String, String> line) {
    if (!line.keySet().containsAll(COLUMNS)) {
      throw new IllegalArgumentException("its columns are " + line.keySet());
    }
    Map<String, Double> speeds = new LinkedHashMap<>();
    line.forEach((name, value) -> {
      if (!COLUMNS.contains(name) && !value.isEmpty()) {
        speeds.put(name, Double.valueOf(value));
      }
    });
    return new QualityRow(
        line.get("file"),
        line.get("type"),
        Long.parseLong(line.get("bytes")),
        number(line.get("bpw")),
        number(line.get("ppl")),
        number(line.get("ppl_error")),
        number(line.get("mean_kld")),
        number(line.get("kld_error")),
        number(line.get("median_kld")),
        number(line.get("p99_kld")),
        number(line.get("max_kld")),
        number(line.get("same_top_pct")) / 100,
        number(line.get("mean_kld_int8")),
        speeds);
  }

  private static double number(String text) {
    return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
  }
}
