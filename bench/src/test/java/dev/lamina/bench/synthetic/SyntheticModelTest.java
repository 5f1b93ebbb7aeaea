package dev.lamina.bench.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.bench.BenchModel;
import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.BackendProvider;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.schedule.Session;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SyntheticModelTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"qwen2.5-0.5b:Q4_K_M", "llama-3.2-1b:pure-IQ1_S", "qwen3-0.6b:pure-TQ2_0"})
  void isAModelThatLoads(String spec) throws IOException {
    SyntheticModel model = cut(spec, 2, 1);
    Path path = folder.resolve("model.gguf");
    model.write(path);
    try (GgufFile file = GgufFile.open(path)) {
      assertEquals(model.bytes(), BenchModel.of(file).bytes());
      Model loaded = Model.load(file, RopeOverrides.none());
      assertEquals(model.shape().nVocab(), loaded.config().nVocab());
      String text = "hello world, 123";
      int[] tokens = loaded.tokenizer().encode(text, false, false);
      assertTrue(tokens.length > 0 && tokens.length < text.length());
      assertEquals(text, loaded.tokenizer().decode(tokens, false));
      double rms = rmsOfLogits(loaded, tokens);
      assertTrue(rms > 0.5 && rms < 2, "rms of logits " + rms);
    }
  }

  private static double rmsOfLogits(Model model, int[] tokens) {
    BackendProvider provider = ServiceLoader.load(BackendProvider.class).findFirst().orElseThrow();
    try (Backend backend =
            provider.open(provider.devices().getFirst(), new BackendOptions(2, true));
        Session session = new Session(model, backend, RuntimeConfig.of(64, 64))) {
      double squares = 0;
      float[] logits = session.eval(tokens);
      for (float logit : logits) {
        squares += logit * logit;
      }
      return Math.sqrt(squares / logits.length);
    }
  }

  @Test
  void sizeIsThatOfTheRealModel() {
    // What llama.cpp reports for them.
    long bytes = SyntheticModel.parse("qwen2.5-3b:q4_k_m", 1).bytes();
    assertEquals(1.79, bytes / 0x1p30, 0.005);
    assertEquals(4.58, SyntheticModel.parse("llama-3.1-8b:Q4_K_M", 1).bytes() / 0x1p30, 0.01);
  }

  @Test
  void dependsOnTheSeedAlone() throws IOException {
    Path first = folder.resolve("first.gguf");
    Path second = folder.resolve("second.gguf");
    Path third = folder.resolve("third.gguf");
    cut("qwen3-0.6b:pure-TQ1_0", 1, 1).write(first);
    cut("qwen3-0.6b:pure-TQ1_0", 1, 1).write(second);
    cut("qwen3-0.6b:pure-TQ1_0", 1, 2).write(third);
    assertEquals(-1, Files.mismatch(first, second));
    assertTrue(Files.mismatch(first, third) >= 0);
  }

  @Test
  void ropeFactorsGoFromOneToTheFactor() throws IOException {
    Path path = folder.resolve("model.gguf");
    cut("llama-3.2-1b:pure-TQ1_0", 1, 1).write(path);
    try (GgufFile file = GgufFile.open(path)) {
      GgufTensor factors = file.tensors().get("rope_freqs.weight");
      float[] values = new float[32];
      TensorType.F32.format().dequantize(factors.data(), 0, 32, values, 0);
      assertEquals(1, values[0]);
      assertEquals(32, values[31]);
      for (int i = 1; i < 32; i++) {
        assertTrue(values[i] >= values[i - 1]);
      }
    }
  }

  @Test
  void badNamesListTheGoodOnes() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> SyntheticModel.parse("gpt-5:Q4_0", 1))
            .getMessage();
    assertTrue(message.contains("no model shape 'gpt-5'"), message);
    assertTrue(message.contains("qwen2.5-3b, "), message);
    message =
        assertThrows(IllegalArgumentException.class, () -> SyntheticModel.parse("qwen3-4b", 1))
            .getMessage();
    assertTrue(message.contains("expected SHAPE:TYPE"), message);
  }

  private static SyntheticModel cut(String spec, int layers, long seed) {
    SyntheticModel whole = SyntheticModel.parse(spec, seed);
    return new SyntheticModel(whole.shape().withLayers(layers), whole.type(), seed);
  }
}
