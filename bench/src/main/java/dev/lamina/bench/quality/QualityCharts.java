package dev.lamina.bench.quality;

import dev.lamina.bench.plot.ChartFile;
import dev.lamina.bench.plot.ChartStyle;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws what files are worth, a dot each: divergence over size, and speed over size. */
public final class QualityCharts {
  private static final int WIDTH = 1100;
  private static final int HEIGHT = 640;

  /** Room above and below the dots on a logarithmic axis. */
  private static final double MARGIN = 1.6;

  private final String model;
  private final List<QualityRow> rows;

  /**
   * @param model its name, for titles
   * @param rows at least one
   */
  public QualityCharts(String model, List<QualityRow> rows) {
    this.model = model;
    this.rows =
        rows.stream().sorted(Comparator.comparingDouble(QualityRow::bitsPerWeight)).toList();
  }

  /** Mean divergence over bits per weight, with the best for their size joined by a line. */
  public void writeDivergence(Path target) throws IOException {
    ChartFile.write(target, () -> List.of(divergence()));
  }

  /** Speed over size; there is a test of that name. */
  public void writeSpeed(Path target, String test) throws IOException {
    ChartFile.write(target, () -> List.of(speed(test)));
  }

  private XYChart divergence() {
    // On a logarithmic axis there is no place for those without any.
    List<QualityRow> shown = rows.stream().filter(row -> row.meanDivergence() > 0).toList();
    XYChart chart = chart("Divergence from the original: " + model, "mean KL divergence");
    XYStyler styler = chart.getStyler();
    styler.setYAxisLogarithmic(true);
    double least = shown.stream().mapToDouble(QualityRow::meanDivergence).min().orElse(1e-6);
    double most = shown.stream().mapToDouble(QualityRow::meanDivergence).max().orElse(1);
    styler.setYAxisMin(least / MARGIN);
    styler.setYAxisMax(most * MARGIN);
    List<QualityRow> front = shown.stream().filter(row -> row.isBestOf(shown)).toList();
    XYSeries line = add(chart, "best for their size", front, QualityRow::meanDivergence);
    line.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
    line.setMarker(SeriesMarkers.NONE);
    line.setLineStyle(new BasicStroke(1.5f));
    line.setLineColor(new Color(0x999999));
    dots(chart, shown, QualityRow::meanDivergence);
    return chart;
  }

  private XYChart speed(String test) {
    List<QualityRow> shown = rows.stream().filter(row -> row.speeds().containsKey(test)).toList();
    XYChart chart = chart("Speed, " + test + ": " + model, "tokens per second");
    ToDoubleFunction<QualityRow> speed = row -> row.speeds().get(test);
    double most = shown.stream().mapToDouble(speed).max().orElse(1);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setYAxisMax(1.1 * most);
    dots(chart, shown, speed);
    return chart;
  }

  private static XYChart chart(String title, String yTitle) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("bits per weight")
            .yAxisTitle(yTitle)
            .build();
    XYStyler styler = chart.getStyler();
    ChartStyle.apply(styler);
    styler.setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    styler.setMarkerSize(8);
    styler.setXAxisDecimalPattern("0.#");
    return chart;
  }

  /** Dots of the usual types and of those chosen tensor by tensor, each with its name. */
  private void dots(XYChart chart, List<QualityRow> shown, ToDoubleFunction<QualityRow> y) {
    double least = shown.stream().mapToDouble(QualityRow::bitsPerWeight).min().orElse(0);
    double most = shown.stream().mapToDouble(QualityRow::bitsPerWeight).max().orElse(1);
    chart.getStyler().setXAxisMin(least - 0.25);
    chart.getStyler().setXAxisMax(most + 0.6);
    dots(chart, "file types", shown.stream().filter(row -> !row.isChosen()).toList(), y, 0);
    dots(chart, "chosen by tensor", shown.stream().filter(QualityRow::isChosen).toList(), y, 1);
  }

  private static void dots(
      XYChart chart,
      String name,
      List<QualityRow> shown,
      ToDoubleFunction<QualityRow> y,
      int color) {
    if (shown.isEmpty()) {
      return;
    }
    XYSeries series = add(chart, name, shown, y);
    Marker marker = color == 0 ? SeriesMarkers.CIRCLE : SeriesMarkers.DIAMOND;
    series.setMarker(marker);
    series.setMarkerColor(ChartStyle.color(color));
    for (QualityRow row : shown) {
      if (!row.isChosen()) {
        chart.addAnnotation(label(row.type(), row.bitsPerWeight(), y.applyAsDouble(row)));
      }
    }
  }

  private static AnnotationText label(String text, double x, double y) {
    // Right of the dot: the text stands around the place that it is given.
    AnnotationText label = new AnnotationText(text, x + 0.05 + 0.032 * text.length(), y, false);
    return label;
  }

  private static XYSeries add(
      XYChart chart, String name, List<QualityRow> shown, ToDoubleFunction<QualityRow> y) {
    return chart.addSeries(
        name,
        shown.stream().map(QualityRow::bitsPerWeight).toList(),
        shown.stream().map(y::applyAsDouble).toList());
  }

  /** A file name without what file systems dislike. */
  static String fileName(String test) {
    return test.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
  }
}
