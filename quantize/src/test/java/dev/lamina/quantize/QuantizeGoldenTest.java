package dev.lamina.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.kernels.TensorType;
import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that llama-quantize made of the same model with the same importance matrix. */
@Tag("quality")
class QuantizeGoldenTest {
  /** The path that the importance matrix had there, which is in the metadata. */
  private static final String IMPORTANCE_FILE = "/data/g/demo.imatrix.gguf";

  /** Types that are rounded in one way only. */
  private static final Set<TensorType> EXACT =
      Set.of(TensorType.F32, TensorType.F16, TensorType.BF16);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BF16", "IQ1_M", "IQ1_S", "IQ2_M", "IQ2_S", "IQ2_XS", "IQ2_XXS", "IQ3_M", "IQ3_S", "IQ3_XS",
        "IQ3_XXS", "IQ4_NL", "IQ4_XS", "Q2_K", "Q3_K_L", "Q3_K_M", "Q3_K_S", "Q4_0", "Q4_1",
        "Q4_K_L", "Q4_K_M", "Q4_K_S", "Q5_0", "Q5_1", "Q5_K_M", "Q5_K_S", "Q6_K", "Q8_0", "TQ1_0",
        "TQ2_0"
      })
  void filesAreLaidOutAsLlamaQuantizeDoes(String type) throws IOException {
    Path expected = GoldenData.file("models/shakespeare-5m-" + type + ".gguf");
    Path actual = folder.resolve("out.gguf");
    QuantizeOptions options =
        QuantizeOptions.of(TypeOptions.of(QuantizeType.of(type)))
            .withImportance(
                ImportanceMatrix.read(GoldenData.file("golden/demo.imatrix.gguf")),
                IMPORTANCE_FILE);
    try (GgufFile source = GgufFile.open(GoldenData.file("models/shakespeare-5m-F16.gguf"))) {
      QuantizePlan plan = QuantizePlan.of(source, options);
      List<Path> files = new ModelQuantizer(plan).write(actual, 2, _ -> {});
      assertEquals(List.of(actual), files);
    }
    assertSameLayout(expected, actual);
  }

  private static void assertSameLayout(Path expected, Path actual) throws IOException {
    try (GgufFile one = GgufFile.open(expected);
        GgufFile other = GgufFile.open(actual)) {
      assertEquals(List.copyOf(one.metadata().keys()), List.copyOf(other.metadata().keys()));
      for (String key : one.metadata().keys()) {
        assertEquals(one.metadata().get(key), other.metadata().get(key), key);
        assertEquals(one.metadata().type(key), other.metadata().type(key), key);
      }
      assertEquals(
          one.tensors().values().stream().map(QuantizeGoldenTest::line).toList(),
          other.tensors().values().stream().map(QuantizeGoldenTest::line).toList());
      for (GgufTensor tensor : one.tensors().values()) {
        GgufTensor same = other.tensors().get(tensor.name());
        if (EXACT.contains(tensor.type())) {
          assertEquals(-1, tensor.data().mismatch(same.data()), tensor.name());
        }
      }
      assertEquals(one.parts().getFirst().dataOffset(), other.parts().getFirst().dataOffset());
      assertEquals(one.bytes(), other.bytes());
    }
  }

  private static String line(GgufTensor tensor) {
    return tensor.name() + " " + tensor.type() + " " + tensor.shape();
  }

  @Test
  void wholeFilesAreTheSameToTheByte() throws IOException {
    filesAreLaidOutAsLlamaQuantizeDoes("BF16");
    Path expected = GoldenData.file("models/shakespeare-5m-BF16.gguf");
    assertEquals(-1, Files.mismatch(expected, folder.resolve("out.gguf")));
  }
}
