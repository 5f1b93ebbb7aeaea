package dev.lamina.bench.plot;

import dev.lamina.bench.plot.PlotLayout.Panel;
import dev.lamina.bench.plot.PlotLayout.Series;
import java.awt.BasicStroke;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Turns the panels of a layout into charts of equal width. */
final class PanelCharts {
  /** Room of a letter of the labels, which stand upright if they find no room side by side. */
  private static final int LETTER_WIDTH = 9;

  private static final int LETTER_HEIGHT = 7;

  private static final int MIN_WIDTH = 860;
  private static final int MAX_WIDTH = 2600;
  private static final int GROUP_GAP = 14;

  /** Part of a group's width that the bars take. */
  private static final double FILL = 0.75;

  private static final int BAR_WIDTH = 18;
  private static final int HEIGHT = 400;
  private static final int HEIGHT_IN_STACK = 330;

  /** Space left of the plot, about the same in all panels, so that they line up. */
  private static final int Y_AXIS_WIDTH = 90;

  private final PlotLayout layout;
  private final int width;
  private final int height;
  private final boolean upright;

  /** Bars of a group in the panel that has the most. */
  private final int bars;

  /** Text of the widest legend. */
  private final int legendWidth;

  PanelCharts(PlotLayout layout) {
    this.layout = layout;
    this.bars = layout.panels().stream().mapToInt(panel -> panel.series().size()).max().orElse(1);
    int wanted = 160 + layout.labels().size() * (GROUP_GAP + BAR_WIDTH * bars);
    this.legendWidth = layout.panels().stream().mapToInt(PanelCharts::legendWidth).max().orElse(0);
    this.width = Math.clamp(wanted, MIN_WIDTH, MAX_WIDTH);
    int letters = layout.labels().stream().mapToInt(String::length).max().orElse(0);
    this.upright = layout.labels().size() * (letters + 1) * LETTER_WIDTH > width - 160;
    this.height =
        (layout.panels().size() == 1 ? HEIGHT : HEIGHT_IN_STACK)
            + (upright ? letters * LETTER_HEIGHT : 0);
  }

  /** From top to bottom; the first has the title, the last that of the x axis. */
  List<Chart<?, ?>> charts() {
    List<Chart<?, ?>> charts = new ArrayList<>();
    for (int i = 0; i < layout.panels().size(); i++) {
      Panel panel = layout.panels().get(i);
      // Narrower where the legend is, so that the right ends line up.
      int width = this.width - legendWidth + legendWidth(panel);
      String title = i == 0 ? layout.title() : "";
      String xTitle = i == layout.panels().size() - 1 ? layout.xAxis().title() : "";
      charts.add(
          layout.xAxis().hasLabels()
              ? bars(panel, width, title, xTitle)
              : lines(panel, width, title, xTitle));
    }
    return charts;
  }

  private CategoryChart bars(Panel panel, int width, String title, String xTitle) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(width)
            .height(height)
            .title(title)
            .xAxisTitle(xTitle)
            .yAxisTitle(panel.yTitle())
            .build();
    style(chart.getStyler(), panel, title, xTitle);
    // Bars as wide as in the other panels.
    double fill = FILL * panel.series().size() / bars;
    chart.getStyler().setAvailableSpaceFill(fill).setOverlapped(false);
    chart.getStyler().setPlotGridVerticalLinesVisible(false);
    if (upright) {
      chart.getStyler().setXAxisLabelRotation(90);
    }
    for (Series series : panel.series()) {
      chart.addSeries(
          series.name(),
          layout.labels(),
          onLabels(series, series.speeds()),
          onLabels(series, series.deviations()));
    }
    return chart;
  }

  /** One value for each label, null where the series has none. */
  private List<Double> onLabels(Series series, List<Double> values) {
    List<Double> all = new ArrayList<>();
    for (int i = 0; i < layout.labels().size(); i++) {
      int at = series.x().indexOf((double) i);
      all.add(at < 0 ? null : values.get(at));
    }
    return all;
  }

  private XYChart lines(Panel panel, int width, String title, String xTitle) {
    XYChart chart =
        new XYChartBuilder()
            .width(width)
            .height(height)
            .title(title)
            .xAxisTitle(xTitle)
            .yAxisTitle(panel.yTitle())
            .build();
    style(chart.getStyler(), panel, title, xTitle);
    styleX(chart.getStyler(), panel);
    for (Series series : panel.series()) {
      XYSeries line =
          chart.addSeries(series.name(), series.x(), series.speeds(), series.deviations());
      line.setMarker(SeriesMarkers.CIRCLE);
      line.setLineStyle(new BasicStroke(2));
    }
    return chart;
  }

  /** Of the text, as XChart measures it. */
  private static int legendWidth(Panel panel) {
    FontRenderContext context = new FontRenderContext(null, true, false);
    return panel.series().stream()
        .mapToInt(series ->
            (int)
                Math.ceil(
                    new TextLayout(series.name(), ChartStyle.TEXT, context).getBounds().getWidth()))
        .max()
        .orElse(0);
  }

  private static void styleX(XYStyler styler, Panel panel) {
    DoubleSummaryStatistics x =
        panel.series().stream()
            .flatMap(series -> series.x().stream())
            .mapToDouble(Double::doubleValue)
            .summaryStatistics();
    // Room for the markers.
    double margin = Math.max(0.5, 0.03 * (x.getMax() - x.getMin()));
    styler.setXAxisMin(x.getMin() - margin);
    styler.setXAxisMax(x.getMax() + margin);
    styler.setXAxisDecimalPattern("#,##0");
    styler.setMarkerSize(7);
  }

  private static void style(AxesChartStyler styler, Panel panel, String title, String xTitle) {
    ChartStyle.apply(styler);
    styler.setChartTitleVisible(!title.isEmpty());
    styler.setXAxisTitleVisible(!xTitle.isEmpty());
    styler.setYAxisLeftWidthHint(Y_AXIS_WIDTH);
    styler.setPlotMargin(0);
    styler.setPlotContentSize(1);
    double top = top(panel);
    // Below 0, or the tick at 0 would have no label.
    styler.setYAxisMin(-0.005 * top);
    styler.setYAxisMax(top > 0 ? top * 1.05 : 1);
    styler.setYAxisDecimalPattern(top >= 10 ? "#,##0" : "0.###");
  }

  /** The end of the highest error bar. */
  private static double top(Panel panel) {
    double top = 0;
    for (Series series : panel.series()) {
      for (int i = 0; i < series.speeds().size(); i++) {
        top = Math.max(top, series.speeds().get(i) + series.deviations().get(i));
      }
    }
    return top;
  }
}
