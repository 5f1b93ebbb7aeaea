package dev.lamina.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.bench.synthetic.ModelShape;
import dev.lamina.bench.synthetic.SyntheticModel;
import dev.lamina.gguf.GgufFile;
import dev.lamina.quantize.FileType;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchModelTest {
  @TempDir private Path folder;

  /** What llama-bench prints of the same files. */
  @ParameterizedTest
  @CsvSource({
    "qwen2.5-0.5b, qwen2 1B",
    "qwen3-0.6b, qwen3 0.6B",
    "llama-3.2-1b, llama 1B",
  })
  void publishedModelsHaveLlamaCppsSize(String shape, String label) throws IOException {
    Path file = folder.resolve("m.gguf");
    new SyntheticModel(ModelShape.of(shape), FileType.of("pure-IQ1_S"), 1).write(file);
    try (GgufFile gguf = GgufFile.open(file)) {
      assertEquals(label + " IQ1_S - 1.5625 bpw", BenchModel.of(gguf).type());
    }
  }

  @Test
  void othersGoByTheirParameters() throws IOException {
    Path file = folder.resolve("m.gguf");
    ModelShape cut = ModelShape.of("qwen3-0.6b").withLayers(1);
    new SyntheticModel(cut, FileType.of("TQ2_0"), 1).write(file);
    try (GgufFile gguf = GgufFile.open(file)) {
      assertEquals("qwen3 171M TQ2_0 - 2.06 bpw ternary", BenchModel.of(gguf).type());
    }
  }
}
