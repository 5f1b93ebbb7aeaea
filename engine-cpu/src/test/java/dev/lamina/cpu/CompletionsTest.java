package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lamina.engine.backend.SessionConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Next-token log-probabilities against llama.cpp's, fed its own tokens. llama.cpp multiplies by
 * activations rounded to 8 bits, so quantised models differ a little.
 */
class CompletionsTest {
  private static final double FLOAT_BOUND = 0.002;
  private static final double QUANTISED_BOUND = 0.04;
  private static final double CLEAR_LEAD = 0.2;

  static List<String> references() throws IOException {
    Path folder =
        Path.of(System.getProperty("lamina.shared", "../../shared"), "golden", "completions");
    if (!Files.isDirectory(folder)) {
      return List.of("shakespeare-5m-F16"); // skipped by name below
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString().replace(".json", "")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("references")
  void matchesReference(String name) throws IOException {
    Path model = Golden.shared("models/" + name + ".gguf");
    JsonNode results =
        Golden.json(Golden.shared("golden/completions/" + name + ".json")).get("results");
    check(name, model, results);
  }

  @Test
  void demoModelOfTheProject() throws IOException {
    Path folder = Path.of("src/test/resources/dev/lamina/cpu");
    JsonNode results = Golden.json(folder.resolve("demo-completions.json")).get("results");
    check("demo", Path.of(Golden.DEMO_MODEL), results);
  }

  private static void check(String name, Path model, JsonNode results) {
    Difference difference = new Difference();
    SessionConfig config = SessionConfig.of(256, 64).withMaxLogits(64);
    Golden.withSession(
        model,
        config,
        session -> {
          for (JsonNode result : results) {
            int[] prompt = Golden.ints(result.get("prompt_tokens"));
            assertTrue(Arrays.equals(prompt, prompt), name + ": tokens of the prompt");
            int[] chosen = Golden.ints(result.get("tokens"));
            int[] all = IntStream.concat(Arrays.stream(prompt), Arrays.stream(chosen)).toArray();
            JsonNode[] steps = align(result.get("steps"), chosen);
            session.truncate(0);
            session.evalAll(
                Arrays.copyOf(all, all.length - 1),
                (i, logits, offset) -> {
                  int step = i - (prompt.length - 1);
                  if (step >= 0 && steps[step] != null) {
                    difference.add(
                        steps[step].get("top"),
                        Golden.logProbabilities(logits, offset, session.model().config().nVocab()));
                  }
                });
          }
        });
    double bound = name.endsWith("-F16") ? FLOAT_BOUND : QUANTISED_BOUND;
    System.out.printf(
        "%s: mean |log p - reference| %.5f (bound %.3f), other first token %d of %d clear%n",
        name, difference.mean(), bound, difference.otherFirst, difference.clear);
    assertTrue(difference.mean() <= bound, name + ": mean difference " + difference.mean());
    assertEquals(0, difference.otherFirst, name + ": other first tokens");
  }

  /** The reference leaves out tokens that end within a UTF-8 character; those get null. */
  private static JsonNode[] align(JsonNode steps, int[] chosen) {
    JsonNode[] aligned = new JsonNode[chosen.length];
    int next = 0;
    for (int i = 0; i < chosen.length && next < steps.size(); i++) {
      if (steps.get(next).get("id").asInt() == chosen[i]) {
        aligned[i] = steps.get(next++);
      }
    }
    assertEquals(steps.size(), next, "steps that belong to a token");
    return aligned;
  }

  /** Collects differences in the listed log-probabilities. */
  private static final class Difference {
    private double sum;
    private int count;
    private int clear;
    private int otherFirst;

    void add(JsonNode top, double[] logProbabilities) {
      for (JsonNode entry : top) {
        sum += Math.abs(logProbabilities[entry.get(0).asInt()] - entry.get(1).asDouble());
        count++;
      }
      if (top.get(0).get(1).asDouble() - top.get(1).get(1).asDouble() >= CLEAR_LEAD) {
        clear++;
        int best = 0;
        for (int i = 1; i < logProbabilities.length; i++) {
          best = logProbabilities[i] > logProbabilities[best] ? i : best;
        }
        otherFirst += best == top.get(0).get(0).asInt() ? 0 : 1;
      }
    }

    double mean() {
      return sum / count;
    }
  }
}
