package dev.lamina.bench.quality;

import dev.lamina.bench.plot.ChartFile;
import dev.lamina.bench.plot.ChartStyle;
import dev.lamina.gguf.output.PendingFiles;
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
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws a dot for each file: divergence over size, and speed over size. */
public final class QualityCharts {
  private static final int WIDTH = 1180;
  private static final int HEIGHT = 680;

  /** About the part of that which dots can be in. */
  private static final double PLOT_WIDTH = 900;

  private static final double PLOT_HEIGHT = 560;

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
  public void addDivergence(PendingFiles files, Path target) throws IOException {
    ChartFile.write(files, target, () -> List.of(divergence()));
  }

  /** Speed over size; there is a test of that name. */
  public void addSpeed(PendingFiles files, Path target, String test) throws IOException {
    ChartFile.write(files, target, () -> List.of(speed(test)));
  }

  private XYChart divergence() {
    // On a logarithmic axis there is no place for those without any.
    List<QualityRow> shown = rows.stream().filter(row -> row.meanDivergence() > 0).toList();
    XYChart chart = chart("Divergence from the original: " + model, "mean KL divergence");
    XYStyler styler = chart.getStyler();
    styler.setYAxisLogarithmic(true);
    double least = shown.stream().mapToDouble(QualityRow::meanDivergence).min().orElse(1e-6);
    double most = shown.stream().mapToDouble(QualityRow::meanDivergence).max().orElse(1);
    Axis axis = new Axis(least / MARGIN, most * MARGIN, true);
    styler.setYAxisMin(axis.least());
    styler.setYAxisMax(axis.most());
    List<QualityRow> front = shown.stream().filter(row -> row.isBestOf(shown)).toList();
    XYSeries line = add(chart, "best for their size", front, QualityRow::meanDivergence);
    line.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
    line.setMarker(SeriesMarkers.NONE);
    line.setLineStyle(new BasicStroke(1.5f));
    line.setLineColor(new Color(0x999999));
    dots(chart, shown, QualityRow::meanDivergence, axis);
    return chart;
  }

  private XYChart speed(String test) {
    List<QualityRow> shown = rows.stream().filter(row -> row.speeds().containsKey(test)).toList();
    XYChart chart = chart("Speed, " + test + ": " + model, "tokens per second");
    ToDoubleFunction<QualityRow> speed = row -> row.speeds().get(test);
    double most = shown.stream().mapToDouble(speed).max().orElse(1);
    Axis axis = new Axis(0, 1.1 * most, false);
    chart.getStyler().setYAxisMin(axis.least());
    chart.getStyler().setYAxisMax(axis.most());
    dots(chart, shown, speed, axis);
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

  /**
   * Dots of the usual types, each with its name, and of those chosen tensor by tensor.
   *
   * @param axis of y
   */
  private static void dots(
      XYChart chart, List<QualityRow> shown, ToDoubleFunction<QualityRow> y, Axis axis) {
    double least = shown.stream().mapToDouble(QualityRow::bitsPerWeight).min().orElse(0) - 0.25;
    double most = shown.stream().mapToDouble(QualityRow::bitsPerWeight).max().orElse(1) + 0.6;
    chart.getStyler().setXAxisMin(least);
    chart.getStyler().setXAxisMax(most);
    List<QualityRow> usual = shown.stream().filter(row -> !row.isChosen()).toList();
    dots(chart, "file types", usual, y, 0);
    dots(chart, "chosen by tensor", shown.stream().filter(QualityRow::isChosen).toList(), y, 1);
    Axis x = new Axis(least, most, false);
    LabelLayout layout = new LabelLayout();
    for (QualityRow row : shown) {
      layout.dot(
          x.part(row.bitsPerWeight()) * PLOT_WIDTH, axis.part(y.applyAsDouble(row)) * PLOT_HEIGHT);
    }
    for (QualityRow row : usual) {
      LabelLayout.Box box =
          layout.place(
              row.type(),
              x.part(row.bitsPerWeight()) * PLOT_WIDTH,
              axis.part(y.applyAsDouble(row)) * PLOT_HEIGHT);
      chart.addAnnotation(
          new AnnotationText(
              row.type(), x.at(box.x() / PLOT_WIDTH), axis.at(box.y() / PLOT_HEIGHT), false));
    }
  }

  /** The range of an axis. */
  private record Axis(double least, double most, boolean logarithmic) {
    /** How far along a value is, from 0 to 1. */
    double part(double value) {
      return logarithmic
          ? Math.log(value / least) / Math.log(most / least)
          : (value - least) / (most - least);
    }

    double at(double part) {
      return logarithmic ? least * Math.pow(most / least, part) : least + part * (most - least);
    }
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
    series.setMarker(color == 0 ? SeriesMarkers.CIRCLE : SeriesMarkers.DIAMOND);
    series.setMarkerColor(ChartStyle.color(color));
  }

  private static XYSeries add(
      XYChart chart, String name, List<QualityRow> shown, ToDoubleFunction<QualityRow> y) {
    return chart.addSeries(
        name,
        shown.stream().map(QualityRow::bitsPerWeight).toList(),
        shown.stream().map(y::applyAsDouble).toList());
  }

  /** Name of a chart's file, without its ending and without what file systems dislike. */
  static String fileName(String test) {
    return "speed-" + test.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
  }
}
