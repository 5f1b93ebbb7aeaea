package dev.lamina.bench.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchPlotTest {
  private static final String[] TYPES = {
    "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q2_K_S", "Q3_K_S", "Q3_K_M", "Q3_K_L",
    "Q4_K_S", "Q4_K_M", "Q5_K_S", "Q5_K_M", "Q6_K", "IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S",
    "IQ2_M", "IQ3_XXS", "IQ3_XS", "IQ3_S", "IQ3_M", "IQ4_NL", "IQ4_XS", "TQ1_0", "TQ2_0", "BF16"
  };

  @TempDir private Path folder;

  @Test
  void barsOverFileTypes() throws IOException {
    for (int nTypes : new int[] {1, 4, TYPES.length}) {
      List<PlotPoint> points = types(nTypes);
      PlotLayout layout = PlotLayout.of(points);
      assertEquals(PlotLayout.XAxis.FILE_TYPE, layout.xAxis());
      assertEquals(nTypes, layout.labels().size());
      assertEquals(2, layout.panels().size());
      assertEquals(2, layout.panels().getFirst().series().size());
      assertEquals("Speed of qwen2 3B", layout.title());
      write("types-" + nTypes, points);
    }
  }

  @Test
  void linesOverGpuLayers() throws IOException {
    List<PlotPoint> points = new ArrayList<>();
    for (String type : List.of("Q4_K_M", "IQ3_M", "Q8_0")) {
      for (int ngl : new int[] {0, 6, 12, 18, 24, 30, 37}) {
        double speed = 100 / (40.0 - ngl) * (type.equals("Q8_0") ? 0.6 : 1);
        points.add(new PlotPoint("qwen2 3B", type, "pp512", ngl, 0, 40 * speed, 12));
        points.add(new PlotPoint("qwen2 3B", type, "tg128", ngl, 0, speed, 0.4));
      }
    }
    PlotLayout layout = PlotLayout.of(points);
    assertEquals(PlotLayout.XAxis.GPU_LAYERS, layout.xAxis());
    assertEquals("Q4_K_M pp512", layout.panels().getFirst().series().getFirst().name());
    assertEquals(
        List.of(0.0, 6.0, 12.0, 18.0, 24.0, 30.0, 37.0),
        layout.panels().getLast().series().getFirst().x());
    write("ngl", points);
  }

  @Test
  void linesOverDepth() throws IOException {
    List<PlotPoint> points = new ArrayList<>();
    for (int depth : new int[] {0, 512, 1024, 4096, 16384}) {
      points.add(
          new PlotPoint("llama 8B", "Q4_K_M", "tg128", 0, depth, 12 / (1 + depth / 8e3), 0.2));
    }
    PlotLayout layout = PlotLayout.of(points);
    assertEquals(PlotLayout.XAxis.DEPTH, layout.xAxis());
    assertEquals("Speed of llama 8B Q4_K_M", layout.title());
    assertEquals("tg128", layout.panels().getFirst().series().getFirst().name());
    write("depth", points);
  }

  @Test
  void modelsAreNamedWhereTheyDiffer() {
    List<PlotPoint> points =
        List.of(
            new PlotPoint("qwen2 3B", "Q4_0", "tg128", 0, 0, 10, 0),
            new PlotPoint("llama 8B", "Q4_0", "tg128", 0, 0, 5, 0),
            new PlotPoint("llama 8B", "Q4_0", "tg128", 0, 0, 6, 0));
    PlotLayout layout = PlotLayout.of(points);
    assertEquals(List.of("qwen2 3B Q4_0", "llama 8B Q4_0"), layout.labels());
    assertEquals(List.of(10.0, 6.0), layout.panels().getFirst().series().getFirst().speeds());
  }

  @Test
  void badTargetsSayWhatIsWrong() throws IOException {
    for (String name : List.of("plot.pdf", "plot", "png")) {
      Path target = folder.resolve(name);
      String message =
          assertThrows(IllegalArgumentException.class, () -> BenchPlot.write(target, types(1)))
              .getMessage();
      assertTrue(message.contains("expected a name in .svg or .png"), message);
      assertFalse(Files.exists(target));
    }
    Path target = folder.resolve("absent").resolve("plot.png");
    String message =
        assertThrows(IOException.class, () -> BenchPlot.write(target, types(1))).getMessage();
    assertTrue(message.contains("there is no folder " + folder.resolve("absent")), message);
    Path taken = Files.createDirectory(folder.resolve("taken.png"));
    message = assertThrows(IOException.class, () -> BenchPlot.write(taken, types(1))).getMessage();
    assertTrue(message.contains("is a folder"), message);
    Path unwritable = Path.of("/proc/plot.png");
    if (Files.isDirectory(unwritable.getParent())) {
      assertThrows(IOException.class, () -> BenchPlot.write(unwritable, types(1)));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> BenchPlot.write(folder.resolve("plot.svg"), List.of()));
  }

  private static List<PlotPoint> types(int n) {
    List<PlotPoint> points = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double speed = 30 / (3 + (i * 7 % 11));
      points.add(new PlotPoint("qwen2 3B", TYPES[i], "pp128", 0, 0, 9 * speed, 2));
      points.add(new PlotPoint("qwen2 3B", TYPES[i], "pp512", 0, 0, 10 * speed, 3));
      points.add(new PlotPoint("qwen2 3B", TYPES[i], "tg128", 0, 0, speed, 0.2));
    }
    return points;
  }

  private void write(String name, List<PlotPoint> points) throws IOException {
    Path svg = folder.resolve(name + ".svg");
    BenchPlot.write(svg, points);
    String text = Files.readString(svg);
    assertTrue(text.contains("<svg") && text.contains("<path"), text);
    Path png = folder.resolve(name + ".PNG");
    BenchPlot.write(png, points);
    BufferedImage image = ImageIO.read(png.toFile());
    assertTrue(image.getWidth() >= 1000 && image.getHeight() >= 600);
  }
}
