package dev.lamina.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.generate.Session;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.gguf.GgufFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model computed on a device and on the CPU. */
class AgreementTest {
  static final Path DEMO =
      Path.of("../cli/src/main/resources/dev/lamina/cli/demo/shakespeare-5m-Q4_K_M.gguf");

  static final String TEXT =
      "To be, or not to be, that is the question: whether 'tis nobler in the mind to suffer the "
          + "slings and arrows of outrageous fortune, or to take arms against a sea of troubles, "
          + "and by opposing end them. To die, to sleep, no more";

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 64})
  void logitsAgreeAtAnyBatchSize(int batch) {
    try (GgufFile file = GgufFile.open(DEMO);
        Backend cpu = Devices.cpu();
        Backend gpu = Devices.openCl()) {
      Model model = Model.load(file, RopeOverrides.none());
      int[] tokens = model.tokenizer().encode(TEXT, true, true);
      List<float[]> expected = logits(model, cpu, tokens, batch);
      List<float[]> actual = logits(model, gpu, tokens, batch);
      for (int i = 0; i < tokens.length; i++) {
        assertArrayEquals(expected.get(i), actual.get(i), 5e-3f, "token " + i);
      }
    }
  }

  private static List<float[]> logits(Model model, Backend backend, int[] tokens, int batch) {
    List<float[]> rows = new ArrayList<>();
    try (Session session =
        new Session(model, backend, SessionConfig.of(256, batch).withMaxLogits(batch))) {
      int n = model.config().nVocab();
      session.evalAll(
          tokens, (i, logits, offset) -> rows.add(Arrays.copyOfRange(logits, offset, offset + n)));
    }
    return rows;
  }
}
