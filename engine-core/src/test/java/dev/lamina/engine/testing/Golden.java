package dev.lamina.engine.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;

/** Models and answers of llama.cpp that are part of the project. */
public final class Golden {
  /** The embedded model of the command line, 6 layers in Q4_K_M. */
  public static final Path DEMO =
      Path.of("../cli/src/main/resources/dev/lamina/cli/demo/shakespeare-5m-Q4_K_M.gguf");

  /** A text for {@link #DEMO}. */
  public static final String TEXT =
      "To be, or not to be, that is the question: whether 'tis nobler in the mind to suffer the "
          + "slings and arrows of outrageous fortune, or to take arms against a sea of troubles, "
          + "and by opposing end them. To die, to sleep, no more";

  private static final Path RESOURCES =
      Path.of("../engine-core/src/test/resources/dev/lamina/engine");

  /** llama.cpp's completions of {@link #DEMO}. */
  public static final Path DEMO_COMPLETIONS = RESOURCES.resolve("demo-completions.json");

  /** llama.cpp's log-probabilities with scaled RoPE. */
  public static final Path ROPE_SCALING = RESOURCES.resolve("rope-scaling.json");

  private Golden() {}

  public static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  public static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }
}
