package dev.lamina.engine.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.check.Completions;
import dev.lamina.engine.model.RopeOverrides.Scaling;
import dev.lamina.engine.reference.ReferenceBackend;
import dev.lamina.engine.schedule.Session;
import dev.lamina.engine.testing.Golden;
import dev.lamina.gguf.GgufFile;
import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Scaled RoPE against llama.cpp's log-probabilities on the F16 demo model after a prompt of 224
 * tokens.
 */
class RopeScalingTest {
  private static RopeOverrides overrides(String name) {
    return switch (name) {
      case "plain" -> RopeOverrides.none();
      case "linear" ->
          new RopeOverrides(Scaling.LINEAR, 2f, null, null, null, null, null, null, null);
      case "yarn" -> new RopeOverrides(Scaling.YARN, 4f, null, null, 256, null, null, null, null);
      case "base" -> new RopeOverrides(null, null, 50000f, null, null, null, null, null, null);
      default -> throw new IllegalArgumentException(name);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "linear", "yarn", "base"})
  void matchesReference(String name) throws IOException {
    JsonNode result = null;
    for (JsonNode candidate : Golden.json(Golden.ROPE_SCALING).get("results")) {
      result = candidate.get("name").asText().equals(name) ? candidate : result;
    }
    JsonNode steps = result.get("steps");
    int[] prompt = Golden.ints(result.get("prompt_tokens"));
    int[] chosen = Golden.ints(result.get("tokens"));
    int[] all =
        IntStream.concat(IntStream.of(prompt), IntStream.of(chosen).limit(chosen.length - 1))
            .toArray();
    double[] sum = new double[1];
    try (GgufFile file = GgufFile.open(GoldenData.file("models/shakespeare-5m-F16.gguf"));
        Session session =
            new Session(
                Model.load(file, overrides(name)),
                new ReferenceBackend(),
                RuntimeConfig.of(256, 256).withMaxLogits(256))) {
      session.evalAll(
          all,
          (i, logits, offset) -> {
            int step = i - (prompt.length - 1);
            if (step >= 0) {
              double[] actual = Completions.logProbabilities(logits, offset, 2048);
              for (JsonNode entry : steps.get(step).get("top")) {
                sum[0] += Math.abs(actual[entry.get(0).asInt()] - entry.get(1).asDouble());
              }
            }
          });
    }
    double mean = sum[0] / (10 * steps.size());
    System.out.printf("RoPE %s: mean |log p - reference| %.5f%n", name, mean);
    assertTrue(mean < 0.002, name + ": mean difference " + mean);
  }
}
