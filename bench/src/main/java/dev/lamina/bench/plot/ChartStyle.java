package dev.lamina.bench.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.Locale;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.AxesChartStyler.TextAlignment;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;

/** The look of all charts. */
public final class ChartStyle {
  /** Okabe and Ito's colors, which the color-blind can tell apart, less the yellow. */
  private static final Color[] COLORS = {
    new Color(0x0072b2),
    new Color(0xe69f00),
    new Color(0x009e73),
    new Color(0xd55e00),
    new Color(0x56b4e9),
    new Color(0xcc79a7),
    new Color(0x555555)
  };

  static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

  private ChartStyle() {}

  public static Color color(int series) {
    return COLORS[series % COLORS.length];
  }

  /** Fonts, colors and grid. */
  public static void apply(AxesChartStyler styler) {
    styler.setSeriesColors(COLORS);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setChartTitleFont(TEXT.deriveFont(Font.BOLD, 16f));
    styler.setChartTitleBoxVisible(false);
    styler.setLegendFont(TEXT);
    styler.setLegendPosition(LegendPosition.OutsideE);
    styler.setLegendLayout(LegendLayout.Vertical);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setAxisTitleFont(TEXT.deriveFont(Font.BOLD));
    styler.setAxisTickLabelsFont(TEXT.deriveFont(12f));
    styler.setAnnotationTextFont(TEXT.deriveFont(11f));
    styler.setPlotBorderVisible(false);
    styler.setPlotGridLinesColor(new Color(0xdddddd));
    styler.setPlotGridLinesStroke(new BasicStroke(1));
    styler.setErrorBarsColor(new Color(0x222222));
    styler.setLocale(Locale.ROOT);
    styler.setChartTitlePadding(12);
    styler.setYAxisLabelAlignment(TextAlignment.Right);
  }
}
