package dev.lamina.text.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lamina.gguf.UnsupportedModelException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreTokenizerTest {
  private static final Map<String, Object> EVERYTHING_MERGES =
      TestVocabularies.everythingMerges("gpt-2");

  private static List<String> words(String pre, String text) {
    CodePoints points = PreTokenizer.named(pre, "test.gguf").split(text);
    List<String> words = new ArrayList<>();
    int[] codePoints = text.codePoints().toArray();
    for (int start = 0; start < points.length(); start = points.endOfWord(start)) {
      words.add(new String(codePoints, start, points.endOfWord(start) - start));
    }
    return words;
  }

  private static Stream<Arguments> published() {
    return Stream.of(
        arguments("gpt-2", "it's WE'LL  a12", "it|'s| WE|'|LL| | a|12"),
        arguments("gpt-2", "\t\tx \n y 1 .", "\t|\t|x| \n| y| 1| ."),
        arguments("mpt", "it's 12", "it|'s| 12"),
        arguments("qwen2", "it'S WE'LL a123", "it|'S| WE|'LL| a|1|2|3"),
        arguments("qwen2", "(a) !\n\n (b)  \n  c", "(a|)| !\n\n| (|b|)|  \n| | c"),
        arguments("llama-bpe", "x1234567 (a)", "x|123|456|7| (|a|)"),
        arguments("llama-bpe", "tab\there\n\n  x", "tab|\there|\n\n| | x"),
        arguments("starcoder", "a 12", "a| |1|2"),
        arguments("refact", "a 12", "a| |1|2"),
        arguments("command-r", "a 12", "a| |1|2"),
        arguments("smollm", "it's 12!", "it|'s| |1|2|!"),
        arguments("falcon", "f(12345)`", "f|(|123|45|)`"),
        arguments("falcon", " 1234 a-b", " |123|4| a|-|b"),
        arguments("default", "f(12345) `", "f|(|123|45|)| `"),
        arguments("deepseek-coder", "int x=12;", "int| x|=|1|2|;"),
        arguments("deepseek-llm", "int x=1234\u4e2da  ", "int| x|=|1234|\u4e2d|a|  "));
  }

  /** Words by hand from the regular expressions that the tokenizers' authors publish. */
  @ParameterizedTest
  @MethodSource("published")
  void splitsAsPublished(String pre, String text, String expected) {
    assertEquals(List.of(expected.split("\\|")), words(pre, text));
  }

  /** Ids of llama.cpp for a vocabulary in which every cut shows. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "default",
        "llama-bpe",
        "qwen2",
        "deepseek-llm",
        "deepseek-coder",
        "falcon",
        "starcoder",
        "refact",
        "command-r",
        "smollm",
        "gpt-2",
        "mpt",
        "tekken",
        "gpt-4o",
        "deepseek-v3",
        "qwen35",
        "seed-coder",
        "minicpm5",
        "bloom",
        "viking"
      })
  void equalsLlamaCpp(String pre) {
    JsonNode golden = TestVocabularies.json("pre-tokenizers.json");
    Map<String, Object> values = new LinkedHashMap<>(EVERYTHING_MERGES);
    values.put("tokenizer.ggml.pre", pre);
    Tokenizer tokenizer = Tokenizers.from(TestVocabularies.metadata(values));
    JsonNode texts = golden.get("texts");
    assertTrue(texts.size() > 20);
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i).textValue();
      int[] expected = TestVocabularies.ids(golden.get("ids").get(pre).get(i));
      assertArrayEquals(expected, tokenizer.encode(text, false, false), pre + ": " + text);
      assertEquals(text, tokenizer.decode(expected, false));
    }
  }

  /** Categories are those of Unicode 15.1 whatever the JDK's. */
  @Test
  void takesNewerLettersForUnassigned() {
    assertEquals(List.of("a", "\ua7cb", "a"), words("gpt-2", "a\ua7cba"));
    assertEquals(List.of("a\ua7caa"), words("gpt-2", "a\ua7caa"));
  }

  @Test
  void refusesUnknownNames() {
    String message =
        assertThrows(
                UnsupportedModelException.class, () -> PreTokenizer.named("fancy\n", "test.gguf"))
            .getMessage();
    assertTrue(message.startsWith("test.gguf: tokenizer.ggml.pre is \"fancy\\n\""), message);
  }
}
