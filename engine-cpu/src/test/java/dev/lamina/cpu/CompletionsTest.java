package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.check.Completions;
import dev.lamina.engine.generate.Session;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.testing.Golden;
import dev.lamina.gguf.GgufFile;
import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Next-token log-probabilities against llama.cpp's, fed its own tokens. llama.cpp multiplies by
 * activations rounded to 8 bits, so quantized models differ a little. With all kernels that run
 * here.
 */
class CompletionsTest {
  private static Stream<Arguments> withKernels(List<String> names) {
    return Devices.kernels().stream()
        .flatMap(kernels -> names.stream().map(name -> Arguments.of(kernels, name)));
  }

  static Stream<Arguments> samples() throws IOException {
    return withKernels(GoldenData.sampleNames("golden/completions", ".json"));
  }

  static Stream<Arguments> wholeFiles() throws IOException {
    return withKernels(GoldenData.names("golden/completions", ".json", "shakespeare-5m-F16"));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void matchesReference(CpuKernels kernels, String name) throws IOException {
    check(kernels, name);
  }

  @ParameterizedTest
  @MethodSource("wholeFiles")
  @Tag("quality")
  void matchesReferenceOfWholeFiles(CpuKernels kernels, String name) throws IOException {
    check(kernels, name);
  }

  private static void check(CpuKernels kernels, String name) throws IOException {
    check(
        kernels,
        name,
        GoldenData.file("models/" + name + ".gguf"),
        GoldenData.file("golden/completions/" + name + ".json"));
  }

  @Test
  void demoModelOfTheProject() throws IOException {
    for (CpuKernels kernels : Devices.kernels()) {
      check(kernels, "demo", Golden.DEMO, Golden.DEMO_COMPLETIONS);
    }
  }

  private static void check(CpuKernels kernels, String name, Path model, Path reference)
      throws IOException {
    Completions completions = Completions.read(reference);
    try (GgufFile file = GgufFile.open(model);
        Backend backend = Devices.open(kernels);
        Session session =
            new Session(
                Model.load(file, RopeOverrides.none()), backend, Completions.sessionConfig(256))) {
      Completions.Difference difference = completions.compare(session);
      System.out.println(kernels.label() + " " + name + ": " + difference);
      assertTrue(difference.ok(), () -> kernels.label() + " " + name + ": " + difference);
    }
  }
}
