package dev.lamina.bench.plot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The layout of a plot, chosen by what varies among the points: lines over the layers on GPUs,
 * otherwise lines over the depth, otherwise bars over the file types. Prefill and decoding get a
 * panel each, because their speeds differ tenfold.
 *
 * @param labels of the bars' groups; empty for lines
 */
record PlotLayout(String title, XAxis xAxis, List<String> labels, List<Panel> panels) {
  /** What the x axis shows. */
  enum XAxis {
    FILE_TYPE("file type"),
    MODEL("model and file type"),
    GPU_LAYERS("layers on GPUs (-ngl)"),
    DEPTH("depth: tokens in the KV cache before the test");

    private final String title;

    XAxis(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }

    /** Whether it shows names, not numbers. */
    boolean hasLabels() {
      return this == FILE_TYPE || this == MODEL;
    }
  }

  /** One pair of axes. */
  record Panel(String yTitle, List<Series> series) {}

  /**
   * Bars or a line of one color.
   *
   * @param x values, or indices of labels; ascending and distinct
   * @param speeds tokens per second
   * @param deviations of the speeds
   */
  record Series(String name, List<Double> x, List<Double> speeds, List<Double> deviations) {}

  /** What tells points apart. */
  private enum Part {
    MODEL(PlotPoint::model),
    FILE_TYPE(PlotPoint::fileType),
    TEST(PlotPoint::test),
    GPU_LAYERS(point -> "-ngl " + point.gpuLayers()),
    DEPTH(point -> "depth " + point.depth());

    // Method references, which hold no state.
    @SuppressWarnings("ImmutableEnumChecker")
    private final Function<PlotPoint, String> text;

    Part(Function<PlotPoint, String> text) {
      this.text = text;
    }

    boolean varies(List<PlotPoint> points) {
      return points.stream().map(text).distinct().count() > 1;
    }
  }

  /**
   * @throws IllegalArgumentException if there are no points
   */
  static PlotLayout of(List<PlotPoint> points) {
    if (points.isEmpty()) {
      throw new IllegalArgumentException("nothing to plot: there are no results");
    }
    List<Part> varying = Arrays.stream(Part.values()).filter(p -> p.varies(points)).toList();
    XAxis xAxis = xAxis(varying);
    List<Part> xParts = xParts(xAxis);
    List<Part> seriesParts = new ArrayList<>(varying);
    seriesParts.removeAll(xParts);
    if (seriesParts.isEmpty()) {
      seriesParts.add(Part.TEST);
    }
    List<Part> titleParts = new ArrayList<>(List.of(Part.values()));
    titleParts.removeAll(varying);
    titleParts.removeAll(xParts);
    titleParts.removeAll(seriesParts);
    if (points.getFirst().gpuLayers() == 0) {
      titleParts.remove(Part.GPU_LAYERS);
    }
    if (points.getFirst().depth() == 0) {
      titleParts.remove(Part.DEPTH);
    }
    List<String> labels =
        xAxis.hasLabels()
            ? points.stream().map(point -> text(point, xParts)).distinct().toList()
            : List.of();
    ToDoubleFunction<PlotPoint> x =
        switch (xAxis) {
          case FILE_TYPE, MODEL -> point -> labels.indexOf(text(point, xParts));
          case GPU_LAYERS -> PlotPoint::gpuLayers;
          case DEPTH -> PlotPoint::depth;
        };
    return new PlotLayout(
        title(points.getFirst(), titleParts), xAxis, labels, panels(points, seriesParts, x));
  }

  private static XAxis xAxis(List<Part> varying) {
    if (varying.contains(Part.GPU_LAYERS)) {
      return XAxis.GPU_LAYERS;
    }
    if (varying.contains(Part.DEPTH)) {
      return XAxis.DEPTH;
    }
    return varying.contains(Part.MODEL) ? XAxis.MODEL : XAxis.FILE_TYPE;
  }

  /** What the x axis shows, and so the series need not tell. */
  private static List<Part> xParts(XAxis xAxis) {
    return switch (xAxis) {
      case FILE_TYPE -> List.of(Part.FILE_TYPE);
      case MODEL -> List.of(Part.MODEL, Part.FILE_TYPE);
      case GPU_LAYERS -> List.of(Part.GPU_LAYERS);
      case DEPTH -> List.of(Part.DEPTH);
    };
  }

  private static String text(PlotPoint point, List<Part> parts) {
    return parts.stream().map(part -> part.text.apply(point)).collect(Collectors.joining(" "));
  }

  private static String title(PlotPoint any, List<Part> constant) {
    String what = text(any, constant);
    return what.isEmpty() ? "Speed" : "Speed of " + what;
  }

  private static List<Panel> panels(
      List<PlotPoint> points, List<Part> seriesParts, ToDoubleFunction<PlotPoint> x) {
    Map<String, List<PlotPoint>> byKind =
        points.stream()
            .collect(
                Collectors.groupingBy(PlotPoint::kind, LinkedHashMap::new, Collectors.toList()));
    return byKind.entrySet().stream()
        .map(entry -> new Panel(yTitle(entry.getKey()), series(entry.getValue(), seriesParts, x)))
        .toList();
  }

  private static String yTitle(String kind) {
    return switch (kind) {
      case "pp" -> "prompt, tokens/s";
      case "tg" -> "generation, tokens/s";
      case "pg" -> "prompt + generation, tokens/s";
      default -> "tokens/s";
    };
  }

  private static List<Series> series(
      List<PlotPoint> points, List<Part> seriesParts, ToDoubleFunction<PlotPoint> x) {
    // The last of several measurements of the same thing counts.
    Map<String, Map<Double, PlotPoint>> byName = new LinkedHashMap<>();
    for (PlotPoint point : points) {
      byName
          .computeIfAbsent(text(point, seriesParts), _ -> new TreeMap<>())
          .put(x.applyAsDouble(point), point);
    }
    return byName.entrySet().stream()
        .map(entry ->
            new Series(
                entry.getKey(),
                List.copyOf(entry.getValue().keySet()),
                entry.getValue().values().stream().map(PlotPoint::speed).toList(),
                entry.getValue().values().stream().map(PlotPoint::deviation).toList()))
        .toList();
  }
}
