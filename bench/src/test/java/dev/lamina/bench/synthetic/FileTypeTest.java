package dev.lamina.bench.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.kernels.TensorType;
import dev.lamina.quantize.FileType;
import dev.lamina.quantize.ModelTraits;
import dev.lamina.quantize.Role;
import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileTypeTest {
  /** The shape of the developers' demo model. */
  private static final ModelShape DEMO =
      new ModelShape("demo", "qwen2", 6, 256, 4, 2, 64, 768, 2048, true, 256, 1e4f, 1e-6f, 0);

  @Test
  void q4kmOf36Layers() {
    ModelTraits shape = ModelShape.of("qwen2.5-3b").traits(false);
    FileType type = FileType.of("q4_k_m");
    List<Integer> moreBits =
        IntStream.range(0, 36)
            .filter(i -> type.typeOf(Role.FFN_DOWN, i, shape, 11008) == TensorType.Q6_K)
            .boxed()
            .toList();
    assertEquals(
        List.of(0, 1, 2, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 31, 32, 33, 34, 35), moreBits);
    assertEquals(TensorType.Q6_K, type.typeOf(Role.ATTN_V, 6, shape, 2048));
    assertEquals(TensorType.Q4_K, type.typeOf(Role.ATTN_V, 7, shape, 2048));
    assertEquals(TensorType.Q6_K, type.typeOf(Role.TOKEN_EMBEDDING, 0, shape, 2048));
    ModelTraits untied = ModelShape.of("llama-3.1-8b").traits(false);
    assertEquals(TensorType.Q4_K, type.typeOf(Role.TOKEN_EMBEDDING, 0, untied, 4096));
    assertEquals(TensorType.Q6_K, type.typeOf(Role.OUTPUT, 0, untied, 4096));
    assertEquals(15, type.id());
  }

  @Test
  void rowsThatAreNoWholeBlocksFallBack() {
    ModelTraits shape = ModelShape.of("qwen2.5-0.5b").traits(false);
    FileType type = FileType.of("Q4_K_M");
    assertEquals(TensorType.Q5_0, type.typeOf(Role.ATTN_Q, 0, shape, 896));
    assertEquals(TensorType.Q8_0, type.typeOf(Role.TOKEN_EMBEDDING, 0, shape, 896));
    assertEquals(TensorType.Q6_K, type.typeOf(Role.FFN_DOWN, 0, shape, 4864));
    assertEquals(TensorType.F16, type.typeOf(Role.ATTN_Q, 0, shape, 100));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BF16", "F16", "IQ1_M", "IQ1_S", "IQ2_M", "IQ2_S", "IQ2_XS", "IQ2_XXS", "IQ3_M", "IQ3_S",
        "IQ3_XS", "IQ3_XXS", "IQ4_NL", "IQ4_XS", "Q2_K", "Q3_K_L", "Q3_K_M", "Q3_K_S", "Q4_0",
        "Q4_1", "Q4_K_M", "Q4_K_S", "Q5_0", "Q5_1", "Q5_K_M", "Q5_K_S", "Q6_K", "Q8_0", "TQ1_0",
        "TQ2_0"
      })
  void mixesAreThoseOfQuantizedFiles(String name) {
    Path file = GoldenData.file("models/shakespeare-5m-" + name + ".gguf");
    try (GgufFile gguf = GgufFile.open(file)) {
      SyntheticModel model = new SyntheticModel(DEMO, FileType.of(name), 1);
      Map<String, TensorType> expected = new HashMap<>();
      for (GgufTensor tensor : gguf.tensors().values()) {
        expected.put(tensor.name() + tensor.shape(), tensor.type());
      }
      Map<String, TensorType> actual = new HashMap<>();
      for (SyntheticTensor tensor : model.tensors()) {
        actual.put(tensor.name() + tensor.shape(), tensor.type());
      }
      assertEquals(expected, actual);
      assertEquals(gguf.metadata().integer("general.file_type"), model.type().id());
    }
  }

  @ParameterizedTest
  @MethodSource("quantized")
  void matricesHaveTheTypesThatTheQuantizerGives(MatrixTypes expected) {
    ModelShape shape = ModelShape.of(expected.shape());
    FileType type = FileType.of(expected.fileType());
    SyntheticModel model = new SyntheticModel(shape, type, 1);
    Map<String, TensorType> wanted = new TreeMap<>();
    Map<String, TensorType> actual = new TreeMap<>();
    for (SyntheticTensor tensor : model.tensors()) {
      if (tensor.shape().size() == 2) {
        wanted.put(tensor.name(), expected.of(tensor.name()));
        actual.put(tensor.name(), tensor.type());
      }
    }
    assertEquals(wanted, actual);
  }

  static Stream<MatrixTypes> quantized() throws IOException {
    return MatrixTypes.readAll();
  }

  @Test
  void mxfp4IsForTheFeedForwardLayers() {
    ModelTraits shape = ModelShape.of("qwen2.5-3b").traits(false);
    FileType type = FileType.of("MXFP4");
    assertEquals(TensorType.MXFP4, type.typeOf(Role.FFN_DOWN, 0, shape, 11008));
    assertEquals(TensorType.Q8_0, type.typeOf(Role.ATTN_Q, 0, shape, 2048));
    assertEquals(TensorType.Q8_0, type.typeOf(Role.TOKEN_EMBEDDING, 0, shape, 2048));
    assertEquals(38, type.id());
  }

  @Test
  void everyNameThatIsListedIsKnown() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> FileType.of("Q4_K_X")).getMessage();
    String[] names = message.substring(message.indexOf("there are ") + 10).split(", ");
    assertTrue(names.length > 35, message);
    for (String name : names) {
      FileType type = FileType.of(name);
      assertEquals(name, type.name());
      assertTrue(type.id() >= 0);
    }
    assertThrows(IllegalArgumentException.class, () -> FileType.of("pure-Q8_K"));
    assertThrows(IllegalArgumentException.class, () -> FileType.of("Q4_K"));
  }
}
