package dev.lamina.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.cpu.CpuBackendProvider;
import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.placement.PlacementOptions;
import dev.lamina.engine.placement.Placer;
import dev.lamina.engine.placement.Target;
import dev.lamina.engine.schedule.Session;
import dev.lamina.gguf.GgufFile;
import dev.lamina.quantize.quality.Windows;
import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An importance matrix against that of torch, over the same text. */
@Tag("quality")
class ImportanceGoldenTest {
  private static final double TOLERANCE = 1e-3;

  @Test
  void agreesWithTorch() throws IOException {
    ImportanceMatrix expected = ImportanceMatrix.read(GoldenData.file("golden/demo.imatrix.gguf"));
    String text = Files.readString(GoldenData.file("text/as-you-like-it.txt"));
    int size = (int) expected.chunkSize();
    ImportanceMatrix actual = collect(text, size, (int) expected.chunkCount());
    assertEquals(expected.entries().keySet(), actual.entries().keySet());
    expected
        .entries()
        .forEach((name, entry) -> {
          float[] one = entry.importance();
          float[] other = actual.entries().get(name).importance();
          assertEquals(one.length, other.length, name);
          double most = 0;
          for (int i = 0; i < one.length; i++) {
            most = Math.max(most, Math.abs(other[i] / one[i] - 1.0));
          }
          assertEquals(0, most, TOLERANCE, name);
        });
  }

  private static ImportanceMatrix collect(String text, int size, int count) {
    CpuBackendProvider provider = new CpuBackendProvider();
    ImportanceCollector collector = new ImportanceCollector(false);
    try (GgufFile file = GgufFile.open(GoldenData.file("models/shakespeare-5m-F16.gguf"));
        Backend backend =
            provider.open(provider.devices().getFirst(), new BackendOptions(2, true))) {
      Model model = Model.loadWithAllRows(file, RopeOverrides.none());
      Placer placer =
          new Placer(
              model,
              RuntimeConfig.of(size, size),
              PlacementOptions.layers(0),
              List.of(Target.only(backend)),
              _ -> {},
              collector);
      Windows windows = Windows.of(model.tokenizer().encode(text, false, false), size, count);
      try (Session session = new Session(placer)) {
        for (int w = 0; w < windows.count(); w++) {
          session.truncate(0);
          session.eval(windows.tokens(w, model.tokenizer().vocabulary()));
        }
      }
      assertEquals(count, windows.count());
    }
    return collector.matrix(List.of(), count, size);
  }
}
