package dev.lamina.bench.plot;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import dev.lamina.gguf.output.PendingFiles;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.knowm.xchart.internal.chartpart.Chart;

/** Writes charts, one below the other, as a picture. Needs no display. */
public final class ChartFile {
  /** Pixels of a PNG per unit of the drawing, so that text is sharp on fine screens. */
  private static final int PNG_SCALE = 2;

  private ChartFile() {}

  private enum Format {
    SVG,
    PNG
  }

  /**
   * Checks a name before anything is measured.
   *
   * @throws IllegalArgumentException if it ends neither in {@code .svg} nor in {@code .png}
   */
  public static void checkName(Path target) {
    format(target);
  }

  /**
   * Draws.
   *
   * @param files that the picture is added to
   * @param target ends in {@code .svg} or {@code .png}
   * @param charts makes them
   * @throws IllegalArgumentException if the name ends otherwise
   * @throws IOException if it cannot be written, or this Java runtime cannot draw
   */
  public static void write(PendingFiles files, Path target, Supplier<List<Chart<?, ?>>> charts)
      throws IOException {
    Format format = format(target);
    byte[] bytes;
    try {
      List<Chart<?, ?>> drawn = charts.get();
      bytes = format == Format.SVG ? svg(drawn) : png(drawn);
    } catch (LinkageError | InternalError e) {
      // A runtime without java.desktop, or a system without fonts.
      throw new IOException("this Java runtime cannot draw (java.desktop or fonts): " + e, e);
    }
    files.add(target, PendingFiles.bytes(bytes));
  }

  private static Format format(Path target) {
    String name = String.valueOf(target.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".svg")) {
      return Format.SVG;
    }
    if (name.endsWith(".png")) {
      return Format.PNG;
    }
    throw new IllegalArgumentException("plot '" + target + "': expected a name in .svg or .png");
  }

  private static byte[] svg(List<Chart<?, ?>> charts) throws IOException {
    VectorGraphics2D graphics = new VectorGraphics2D();
    paint(charts, graphics);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new SVGProcessor()
        .getDocument(graphics.getCommands(), new PageSize(width(charts), height(charts)))
        .writeTo(out);
    return out.toByteArray();
  }

  private static byte[] png(List<Chart<?, ?>> charts) throws IOException {
    BufferedImage image =
        new BufferedImage(
            PNG_SCALE * width(charts), PNG_SCALE * height(charts), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.scale(PNG_SCALE, PNG_SCALE);
    paint(charts, graphics);
    graphics.dispose();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    // In memory: by default ImageIO writes a temporary file first.
    try (ImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      ImageIO.write(image, "png", stream);
    }
    return out.toByteArray();
  }

  private static void paint(List<Chart<?, ?>> charts, Graphics2D graphics) {
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width(charts), height(charts));
    AffineTransform start = graphics.getTransform();
    int y = 0;
    for (Chart<?, ?> chart : charts) {
      graphics.setTransform(start);
      graphics.translate(0, y);
      chart.paint(graphics, chart.getWidth(), chart.getHeight());
      y += chart.getHeight();
    }
  }

  private static int width(List<Chart<?, ?>> charts) {
    return charts.stream().mapToInt(Chart::getWidth).max().orElseThrow();
  }

  private static int height(List<Chart<?, ?>> charts) {
    return charts.stream().mapToInt(Chart::getHeight).sum();
  }
}
