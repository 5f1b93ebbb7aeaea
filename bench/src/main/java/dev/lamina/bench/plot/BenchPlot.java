package dev.lamina.bench.plot;

import dev.lamina.gguf.output.PendingFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Draws measurements: bars over the file types, or lines over the layers on GPUs or the depth if
 * these vary.
 */
public final class BenchPlot {
  private BenchPlot() {}

  /**
   * Draws a plot, replacing a file of that name.
   *
   * @param target ends in {@code .svg} or {@code .png}
   * @throws IllegalArgumentException if it ends otherwise, or there are no points
   * @throws IOException if it cannot be written, or this Java runtime cannot draw
   */
  public static void write(Path target, List<PlotPoint> points) throws IOException {
    PlotLayout layout = PlotLayout.of(points);
    try (PendingFiles files = new PendingFiles()) {
      ChartFile.write(files, target, () -> new PanelCharts(layout).charts());
      files.commit();
    }
  }
}
