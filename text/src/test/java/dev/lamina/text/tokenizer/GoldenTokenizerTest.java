package dev.lamina.text.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.gguf.GgufFile;
import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the token ids of llama.cpp in the golden data. */
class GoldenTokenizerTest {
  private static Tokenizer open(Path file) {
    try (GgufFile gguf = GgufFile.open(file)) {
      return Tokenizers.from(gguf.metadata());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-2", "qwen2", "starcoder", "deepseek-llm", "llama-spm", "phi-3"})
  void encodesEveryCase(String name) throws IOException {
    Path file = GoldenData.file("tokenizer/ggml-vocab-" + name + ".gguf");
    Tokenizer tokenizer = open(file);
    String[] texts = Files.readString(Path.of(file + ".inp")).split("\n__ggml_vocab_test__\n", -1);
    List<String> lines = Files.readAllLines(Path.of(file + ".out"));
    assertEquals(texts.length - 1, lines.size()); // a separator ends the last text
    for (int i = 0; i < lines.size(); i++) {
      int[] expected =
          Arrays.stream(lines.get(i).split(" "))
              .filter(id -> !id.isEmpty())
              .mapToInt(Integer::parseInt)
              .toArray();
      assertArrayEquals(expected, tokenizer.encode(texts[i], false, false), texts[i]);
      assertEquals(texts[i], tokenizer.decode(expected, false));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cut-F16",
        "llama-F32",
        "qwen3-F32",
        "shakespeare-5m-F16",
        "tiny-llama-F16",
        "tiny-qwen3-F16"
      })
  void encodesAndDecodesCompletions(String model) throws IOException {
    JsonNode golden =
        new ObjectMapper()
            .readTree(GoldenData.file("golden/completions/" + model + ".json").toFile());
    Tokenizer tokenizer = open(GoldenData.file("models/" + model + ".gguf"));
    assertTrue(golden.get("results").size() > 0);
    for (JsonNode result : golden.get("results")) {
      String prompt = result.get("prompt").textValue();
      assertArrayEquals(
          TestVocabularies.ids(result.get("prompt_tokens")),
          tokenizer.encode(prompt, false, true),
          prompt);
      assertEquals(
          result.get("text").textValue(),
          tokenizer.decode(TestVocabularies.ids(result.get("tokens")), false));
    }
  }

  @Test
  void encodesTheReferenceText() throws IOException {
    JsonNode golden =
        new ObjectMapper().readTree(GoldenData.file("golden/reference-logits.json").toFile());
    Tokenizer tokenizer = open(GoldenData.file("models/shakespeare-5m-F16.gguf"));
    int[] expected = TestVocabularies.ids(golden.get("tokens")); // of the beginning of the text
    int[] ids = tokenizer.encode(golden.get("text").textValue(), false, false);
    assertArrayEquals(expected, Arrays.copyOf(ids, expected.length));
  }
}
