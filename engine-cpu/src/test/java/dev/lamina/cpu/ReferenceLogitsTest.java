package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.check.Completions;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.kernels.TensorType;
import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Full logits of the F16 demo model against a float32 reference, and paths through the engine that
 * must agree.
 */
class ReferenceLogitsTest {
  private static final int VOCABULARY = 2048;

  @ParameterizedTest
  @CsvSource({"F16,1e-3,2e-2", "F32,1e-3,2e-2", "Q8_0,1e-2,2e-1"})
  void everyPositionMatches(TensorType cache, double meanBound, double maxBound)
      throws IOException {
    int[] tokens = tokens();
    FloatBuffer reference =
        ByteBuffer.wrap(Files.readAllBytes(GoldenData.file("golden/reference-logits.f32")))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    double[] sumAndMax = new double[2];
    Golden.withSession(
        GoldenData.file("models/shakespeare-5m-F16.gguf"),
        new SessionConfig(256, 48, 48, cache, cache),
        session ->
            session.evalAll(
                tokens,
                (i, logits, offset) -> {
                  float[] row = new float[VOCABULARY];
                  reference.get(i * VOCABULARY, row);
                  double[] expected = Completions.logProbabilities(row, 0, VOCABULARY);
                  double[] actual = Completions.logProbabilities(logits, offset, VOCABULARY);
                  for (int id = 0; id < VOCABULARY; id++) {
                    double difference = Math.abs(expected[id] - actual[id]);
                    sumAndMax[0] += difference;
                    sumAndMax[1] = Math.max(sumAndMax[1], difference);
                  }
                }));
    double mean = sumAndMax[0] / (tokens.length * VOCABULARY);
    System.out.printf(
        "cache %s: |log p - reference| mean %.6f, max %.6f%n", cache, mean, sumAndMax[1]);
    assertTrue(mean <= meanBound, "mean difference " + mean);
    assertTrue(sumAndMax[1] <= maxBound, "largest difference " + sumAndMax[1]);
  }

  @Test
  void splitModelEqualsWhole() throws IOException {
    int[] tokens = tokens();
    Path file = GoldenData.file("models/shakespeare-5m-Q4_K_M.gguf");
    Path parts = GoldenData.file("models/split/shakespeare-5m-Q4_K_M-00001-of-00003.gguf");
    List<float[]> whole = logits(file, CpuKernels.AUTO, tokens, 64);
    List<float[]> split = logits(parts, CpuKernels.AUTO, tokens, 64);
    for (int i = 0; i < tokens.length; i++) {
      assertArrayEquals(whole.get(i), split.get(i), "token " + i);
    }
  }

  static List<CpuKernels> kernels() {
    return Golden.kernels();
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void batchesOfAnySizeAgree(CpuKernels kernels) throws IOException {
    int[] tokens = tokens();
    Path model = GoldenData.file("models/shakespeare-5m-Q4_K_M.gguf");
    List<float[]> one = logits(model, kernels, tokens, 1);
    for (int batch : new int[] {2, 3, 7, 64}) {
      List<float[]> other = logits(model, kernels, tokens, batch);
      for (int i = 0; i < tokens.length; i++) {
        assertArrayEquals(one.get(i), other.get(i), 2e-3f, "batch " + batch + ", token " + i);
      }
    }
  }

  /** With an F32 cache: rounding to F16 would make much of the order in which sums are taken. */
  private static List<float[]> logits(Path model, CpuKernels kernels, int[] tokens, int batch) {
    List<float[]> rows = new ArrayList<>();
    Golden.withSession(
        model,
        RopeOverrides.none(),
        kernels,
        new SessionConfig(256, batch, batch, TensorType.F32, TensorType.F32),
        session ->
            session.evalAll(
                tokens,
                (i, logits, offset) -> {
                  float[] row = new float[VOCABULARY];
                  System.arraycopy(logits, offset, row, 0, VOCABULARY);
                  rows.add(row);
                }));
    return rows;
  }

  private static int[] tokens() throws IOException {
    return Golden.ints(Golden.json(GoldenData.file("golden/reference-logits.json")).get("tokens"));
  }
}
