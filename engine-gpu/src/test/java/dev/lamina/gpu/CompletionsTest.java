package dev.lamina.gpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.check.Completions;
import dev.lamina.engine.generate.Session;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.gguf.GgufFile;
import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole models on an OpenCL device, in every type, against llama.cpp's log-probabilities. */
class CompletionsTest {
  static List<String> samples() throws IOException {
    return GoldenData.sampleNames("golden/completions", ".json");
  }

  static List<String> wholeFiles() throws IOException {
    return GoldenData.names("golden/completions", ".json", "shakespeare-5m-F16");
  }

  @ParameterizedTest
  @MethodSource("samples")
  void matchesReference(String name) throws IOException {
    check(name);
  }

  @ParameterizedTest
  @MethodSource("wholeFiles")
  @Tag("quality")
  void matchesReferenceOfWholeFiles(String name) throws IOException {
    check(name);
  }

  private static void check(String name) throws IOException {
    Path reference = GoldenData.file("golden/completions/" + name + ".json");
    Completions completions = Completions.read(reference);
    try (GgufFile file = GgufFile.open(GoldenData.file("models/" + name + ".gguf"));
        Backend gpu = Devices.openCl();
        Session session =
            new Session(
                Model.load(file, RopeOverrides.none()), gpu, Completions.sessionConfig(256))) {
      Completions.Difference difference = completions.compare(session);
      System.out.println(name + ": " + difference);
      assertTrue(difference.ok(), () -> name + ": " + difference);
    }
  }
}
