package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.check.Completions;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
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
  private static List<String> names() throws IOException {
    return GoldenData.names("golden/completions", ".json", "shakespeare-5m-F16");
  }

  static Stream<Arguments> references() throws IOException {
    List<String> names = names();
    return Golden.kernels().stream()
        .flatMap(kernels -> names.stream().map(name -> Arguments.of(kernels, name)));
  }

  @ParameterizedTest
  @MethodSource("references")
  void matchesReference(CpuKernels kernels, String name) throws IOException {
    check(
        kernels,
        name,
        GoldenData.file("models/" + name + ".gguf"),
        GoldenData.file("golden/completions/" + name + ".json"));
  }

  @Test
  void demoModelOfTheProject() throws IOException {
    Path reference = Path.of("src/test/resources/dev/lamina/cpu/demo-completions.json");
    for (CpuKernels kernels : Golden.kernels()) {
      check(kernels, "demo", Path.of(Golden.DEMO_MODEL), reference);
    }
  }

  private static void check(CpuKernels kernels, String name, Path model, Path reference)
      throws IOException {
    Completions completions = Completions.read(reference);
    Golden.withSession(
        model,
        RopeOverrides.none(),
        kernels,
        Completions.sessionConfig(256),
        session -> {
          Completions.Difference difference = completions.compare(session);
          System.out.println(kernels.label() + " " + name + ": " + difference);
          assertTrue(difference.ok(), () -> kernels.label() + " " + name + ": " + difference);
        });
  }
}
