package dev.lamina.engine.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.check.Completions;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.schedule.Session;
import dev.lamina.engine.testing.Golden;
import dev.lamina.gguf.GgufFile;
import dev.lamina.kernels.TensorType;
import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scalar reference on whole models, against golden logits of other programs. */
class ReferenceLogitsTest {
  private static final int VOCABULARY = 2048;

  /** Logits of the F16 demo model from a program that computes in float32. */
  @ParameterizedTest
  @CsvSource({"F32,1e-5,1e-4", "F16,1e-3,2e-2", "Q8_0,1e-2,2e-1"})
  void everyPositionMatches(TensorType cache, double meanBound, double maxBound)
      throws IOException {
    FloatBuffer reference =
        ByteBuffer.wrap(Files.readAllBytes(GoldenData.file("golden/reference-logits.f32")))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    List<float[]> rows =
        logits(GoldenData.file("models/shakespeare-5m-F16.gguf"), tokens(), 48, cache);
    double sum = 0;
    double max = 0;
    for (float[] logits : rows) {
      float[] row = new float[VOCABULARY];
      reference.get(row);
      double[] expected = Completions.logProbabilities(row, 0, VOCABULARY);
      double[] actual = Completions.logProbabilities(logits, 0, VOCABULARY);
      for (int id = 0; id < VOCABULARY; id++) {
        double difference = Math.abs(expected[id] - actual[id]);
        sum += difference;
        max = Math.max(max, difference);
      }
    }
    double mean = sum / (rows.size() * VOCABULARY);
    System.out.printf("cache %s: |log p - reference| mean %.6f, max %.6f%n", cache, mean, max);
    assertTrue(mean <= meanBound, "mean difference " + mean);
    assertTrue(max <= maxBound, "largest difference " + max);
  }

  @Test
  void completionsOfTheDemoModelMatch() throws IOException {
    Completions completions = Completions.read(Golden.DEMO_COMPLETIONS);
    try (GgufFile file = GgufFile.open(Golden.DEMO);
        Session session =
            new Session(
                Model.load(file, RopeOverrides.none()),
                new ReferenceBackend(),
                Completions.runtimeConfig(256))) {
      Completions.Difference difference = completions.compare(session);
      assertTrue(difference.ok(), difference::toString);
    }
  }

  @Test
  void splitModelEqualsWhole() throws IOException {
    int[] tokens = Arrays.copyOf(tokens(), 16);
    Path file = GoldenData.file("models/shakespeare-5m-Q4_K_M.gguf");
    Path parts = GoldenData.file("models/split/shakespeare-5m-Q4_K_M-00001-of-00003.gguf");
    assertSame(logits(file, tokens, 16, TensorType.F16), logits(parts, tokens, 16, TensorType.F16));
  }

  /** Each row is computed separately, so no bit depends on other rows. */
  @ParameterizedTest
  @CsvSource({"1", "2", "3", "7", "16"})
  void batchesOfAnySizeAreTheSame(int batch) {
    int[] tokens = {418, 308, 11, 532, 326, 292, 308, 11, 331, 327, 267, 583, 1, 2, 3, 4};
    assertSame(
        logits(Golden.DEMO, tokens, tokens.length, TensorType.Q5_1),
        logits(Golden.DEMO, tokens, batch, TensorType.Q5_1));
  }

  private static void assertSame(List<float[]> expected, List<float[]> actual) {
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), "token " + i);
    }
  }

  private static List<float[]> logits(Path path, int[] tokens, int batch, TensorType cache) {
    List<float[]> rows = new ArrayList<>();
    try (GgufFile file = GgufFile.open(path);
        Session session =
            new Session(
                Model.load(file, RopeOverrides.none()),
                new ReferenceBackend(),
                new RuntimeConfig(256, batch, batch, cache, cache))) {
      session.evalAll(
          tokens,
          (i, logits, offset) -> rows.add(Arrays.copyOfRange(logits, offset, offset + VOCABULARY)));
    }
    return rows;
  }

  private static int[] tokens() throws IOException {
    return Golden.ints(Golden.json(GoldenData.file("golden/reference-logits.json")).get("tokens"));
  }
}
