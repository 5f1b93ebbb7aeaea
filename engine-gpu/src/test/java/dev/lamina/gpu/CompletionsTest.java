package dev.lamina.gpu;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.check.Completions;
import dev.lamina.engine.generate.Session;
import dev.lamina.engine.gguf.GgufFile;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole models on an OpenCL device, in every type, against llama.cpp's log-probabilities. */
class CompletionsTest {
  private static final Path SHARED = Path.of(System.getProperty("lamina.shared", "../../shared"));

  static List<String> references() {
    File[] files = SHARED.resolve("golden/completions").toFile().listFiles();
    return files == null
        ? List.of("shakespeare-5m-F16") // skipped by name below
        : Arrays.stream(files).map(f -> f.getName().replace(".json", "")).sorted().toList();
  }

  @ParameterizedTest
  @MethodSource("references")
  void matchesReference(String name) throws IOException {
    Path reference = SHARED.resolve("golden/completions/" + name + ".json");
    assumeTrue(Files.exists(reference), "golden data absent: " + reference.getFileName());
    Completions completions = Completions.read(reference);
    try (GgufFile file = GgufFile.open(SHARED.resolve("models/" + name + ".gguf"));
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
