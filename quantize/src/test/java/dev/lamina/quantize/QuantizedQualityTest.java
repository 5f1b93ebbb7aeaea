package dev.lamina.quantize;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.cpu.CpuBackendProvider;
import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.schedule.Session;
import dev.lamina.gguf.GgufFile;
import dev.lamina.quantize.quality.BaseFile;
import dev.lamina.quantize.quality.Evaluation;
import dev.lamina.quantize.quality.Windows;
import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that we quantize predict as well as those that llama.cpp makes of the same model. */
@Tag("quality")
class QuantizedQualityTest {
  private static final int WINDOW = 256;
  private static final int COUNT = 40;

  /** Of llama.cpp's mean divergence, in float activations. */
  private static final double BOUND = 1.02;

  private static final String IMPORTANCE = "golden/demo.imatrix.gguf";

  @TempDir private static Path folder;

  private static Path base;

  @BeforeAll
  static void readTheText() throws IOException {
    assumeTrue(
        Integer.getInteger("lamina.test.vectorBits") == null, "files do not depend on the width");
    String text = Files.readString(GoldenData.file("text/tempest.txt"));
    base = folder.resolve("base");
    try (GgufFile file = GgufFile.open(GoldenData.file("models/shakespeare-5m-F16.gguf"));
        Backend backend = backend();
        Session session = session(file, backend)) {
      Windows windows =
          Windows.of(session.model().tokenizer().encode(text, false, false), WINDOW, COUNT);
      int nVocab = session.model().config().nVocab();
      try (BaseFile written = BaseFile.createExact(base, windows, nVocab)) {
        Evaluation.perplexity(session, windows, written, (_, _) -> {});
        written.finish();
      }
    }
  }

  private static Backend backend() {
    CpuBackendProvider provider = new CpuBackendProvider();
    return provider.open(
        provider.devices().getFirst(), new BackendOptions(2, false, CpuKernels.VECTOR));
  }

  private static Session session(GgufFile file, Backend backend) {
    RuntimeConfig config = RuntimeConfig.of(WINDOW, WINDOW).withMaxLogits(WINDOW);
    return new Session(Model.load(file, RopeOverrides.none()), backend, config);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "IQ1_M", "IQ1_S", "IQ2_M", "IQ2_S", "IQ2_XS", "IQ2_XXS", "IQ3_M", "IQ3_S", "IQ3_XS",
        "IQ3_XXS", "IQ4_NL", "IQ4_XS", "Q2_K", "Q3_K_L", "Q3_K_M", "Q3_K_S", "Q4_0", "Q4_1",
        "Q4_K_L", "Q4_K_M", "Q4_K_S", "Q5_0", "Q5_1", "Q5_K_M", "Q5_K_S", "Q6_K", "Q8_0", "TQ1_0",
        "TQ2_0"
      })
  void filesAreAsGoodAsLlamaQuantizes(String type) throws IOException {
    double expected = expected("shakespeare-5m-" + type + ".gguf");
    QuantizeOptions options =
        QuantizeOptions.of(TypeOptions.of(QuantizeType.of(type)))
            .withImportance(ImportanceMatrix.read(GoldenData.file(IMPORTANCE)), IMPORTANCE);
    Path made = folder.resolve(type + ".gguf");
    try (GgufFile source = GgufFile.open(GoldenData.file("models/shakespeare-5m-F16.gguf"))) {
      new ModelQuantizer(QuantizePlan.of(source, options)).write(made, 2, _ -> {});
    }
    double actual;
    try (GgufFile file = GgufFile.open(made);
        Backend backend = backend();
        Session session = session(file, backend);
        BaseFile opened = BaseFile.open(base)) {
      actual = Evaluation.divergence(session, opened, -1, (_, _) -> {}).mean().value();
    }
    System.out.printf(
        "%s: mean KL divergence %.6f, llama.cpp's %.6f, ratio %.3f%n",
        type, actual, expected, actual / expected);
    assertTrue(actual <= BOUND * expected, type + ": " + actual + ", expected " + expected);
  }

  private static double expected(String file) throws IOException {
    List<String> rows = Files.readAllLines(GoldenData.file("golden/quality.csv"));
    return rows.stream()
        .map(row -> row.split(",", -1))
        .filter(row -> row[0].equals(file))
        .mapToDouble(row -> Double.parseDouble(row[3]))
        .findFirst()
        .orElseThrow();
  }
}
