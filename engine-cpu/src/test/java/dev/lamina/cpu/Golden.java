package dev.lamina.cpu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.generate.Session;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Models and the values expected of them. */
final class Golden {
  /** The embedded model of the command line. */
  static final String DEMO_MODEL =
      "../cli/src/main/resources/dev/lamina/cli/demo/shakespeare-5m-Q4_K_M.gguf";

  private Golden() {}

  static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }

  /** Opens a model on two threads with room for logits of every token. */
  static void withSession(Path model, SessionConfig config, Consumer<Session> use) {
    withSession(model, RopeOverrides.none(), config, use);
  }

  static void withSession(
      Path model, RopeOverrides overrides, SessionConfig config, Consumer<Session> use) {
    withSession(model, overrides, CpuKernels.AUTO, config, use);
  }

  static void withSession(
      Path model,
      RopeOverrides overrides,
      CpuKernels kernels,
      SessionConfig config,
      Consumer<Session> use) {
    try (GgufFile file = GgufFile.open(model);
        Backend backend = open(kernels);
        Session session = new Session(Model.load(file, overrides), backend, config)) {
      use.accept(session);
    }
  }

  static Backend open(CpuKernels kernels) {
    CpuBackendProvider provider = new CpuBackendProvider();
    return provider.open(provider.devices().getFirst(), new BackendOptions(2, true, kernels));
  }

  /** All that this machine has; where the build narrows Java's vectors, only those. */
  static List<CpuKernels> kernels() {
    return Integer.getInteger("lamina.test.vectorBits") == null
        ? new CpuBackendProvider().kernels()
        : List.of(CpuKernels.VECTOR);
  }
}
