package dev.lamina.bench.report;

import dev.lamina.bench.BenchParameters;
import dev.lamina.bench.BenchPlace;
import dev.lamina.bench.BenchRun;
import dev.lamina.bench.BenchSettings;
import dev.lamina.bench.ReportedParameter;
import dev.lamina.engine.placement.PlacementOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A Markdown table with aligned columns.
 *
 * @param <T> the data of a row
 */
public final class MarkdownTable<T> {
  /**
   * @param width of its cells, less where a header or value is longer
   * @param isText aligned to the left
   */
  private record Column<T>(String header, int width, boolean isText, Function<T, String> value) {
    String pad(String text) {
      String fill = " ".repeat(Math.max(0, width - text.length()));
      return isText ? text + fill : fill + text;
    }

    String rule() {
      return isText ? "-".repeat(width) : "-".repeat(width - 1) + ":";
    }
  }

  private final List<Column<T>> columns = new ArrayList<>();

  /** Adds a column, aligned to the left. */
  public MarkdownTable<T> text(String header, int width, Function<T, String> value) {
    columns.add(new Column<>(header, width, true, value));
    return this;
  }

  /** Adds a column, aligned to the right. */
  public MarkdownTable<T> number(String header, int width, Function<T, Object> value) {
    columns.add(new Column<>(header, width, false, value.andThen(String::valueOf)));
    return this;
  }

  /**
   * Adds columns that tell how a test is run.
   *
   * @param hasGpu whether layers on GPUs are shown; threads always are, since CPU and GPU may share
   *     a model
   */
  public MarkdownTable<T> run(
      BenchParameters parameters,
      boolean hasGpu,
      Function<T, BenchRun> run,
      Function<T, BenchPlace> where) {
    text("backend", 10, where.andThen(BenchPlace::backends));
    if (hasGpu) {
      number("ngl", 3, where.andThen(BenchPlace::gpuLayers));
    }
    number("threads", 7, run.andThen(r -> r.settings().threads()));
    parameters(parameters, run.andThen(BenchRun::settings));
    if (parameters.placements().stream().anyMatch(PlacementOptions::kvOnCpu)) {
      number("nkvo", 4, run.andThen(r -> r.placement().kvOnCpu() ? 1 : 0));
    }
    return this;
  }

  /** Adds a column for each parameter that has several values or another than llama-bench's. */
  public MarkdownTable<T> parameters(
      BenchParameters parameters, Function<T, BenchSettings> settings) {
    BenchSettings usual = BenchSettings.of(1);
    addIf(parameters.batches(), usual.nBatch(), "n_batch", 7, settings, BenchSettings::nBatch);
    addIf(parameters.ubatches(), usual.nUbatch(), "n_ubatch", 8, settings, BenchSettings::nUbatch);
    addIf(parameters.keyTypes(), usual.keyType(), "type_k", 6, settings, s -> lower(s.keyType()));
    addIf(
        parameters.valueTypes(),
        usual.valueType(),
        "type_v",
        6,
        settings,
        s -> lower(s.valueType()));
    addIf(
        parameters.flashAttention(),
        usual.flashAttention(),
        "fa",
        3,
        settings,
        s -> s.flashAttention().number());
    addIf(parameters.repack(), usual.repack(), "rpk", 3, settings, s -> s.repack() ? 1 : 0);
    addIf(parameters.kernels(), usual.kernels(), "kernels", 7, settings, s -> s.kernels().label());
    for (ReportedParameter parameter : ReportedParameter.values()) {
      String usualValue = parameter.usual();
      addIf(
          parameters.reported().getOrDefault(parameter, List.of(usualValue)),
          usualValue,
          parameter.header(),
          parameter.header().length(),
          settings,
          s -> s.reported(parameter));
    }
    return this;
  }

  private <V> void addIf(
      List<V> values,
      V usual,
      String header,
      int width,
      Function<T, BenchSettings> settings,
      Function<BenchSettings, Object> value) {
    if (!values.equals(List.of(usual))) {
      number(header, width, settings.andThen(value));
    }
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Two lines. */
  public String header() {
    return line(column -> column.pad(column.header())) + line(Column::rule);
  }

  public String row(T value) {
    return line(column -> column.pad(column.value().apply(value)));
  }

  private String line(Function<Column<T>, String> cell) {
    return columns.stream().map(cell).collect(Collectors.joining(" | ", "| ", " |\n"));
  }
}
