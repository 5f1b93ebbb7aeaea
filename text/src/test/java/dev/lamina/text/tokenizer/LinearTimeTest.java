package dev.lamina.text.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.lamina.gguf.TextArray;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Half a million characters of what makes tokenizers quadratic: 10^11 steps or more then, minutes,
 * where a text takes a fraction of a second.
 */
class LinearTimeTest {
  private static final int SIZE = 1 << 19;
  private static final Duration LIMIT = Duration.ofMinutes(4);

  private static List<String> texts() {
    Random random = new Random(1);
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < SIZE; i++) {
      letters.append((char) ('a' + random.nextInt(25)));
    }
    return Stream.concat(
            Stream.of(
                    "a", " ", "\n", "\r\n ", "'", "!", "1", "é", "中", "<", "<|im_end|", "aT", "ÉA")
                .map(part -> part.repeat(SIZE / part.length())),
            Stream.of(" ".repeat(SIZE) + "x", letters.toString()))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytePair", "sentencePiece"})
  void encodesLongTextsWithoutBreaks(String kind) {
    Map<String, Object> values =
        kind.equals("bytePair") ? TestVocabularies.demo() : TestVocabularies.sentencePiece();
    Tokenizer tokenizer = Tokenizers.from(TestVocabularies.metadata(values));
    assertTimeoutPreemptively(
        LIMIT,
        () -> {
          for (String text : texts()) {
            int[] ids = tokenizer.encode(text, false, true);
            assertEquals(text.length(), tokenizer.decode(ids, true).length());
          }
        });
  }

  @Test
  void splitsLongTextsWithoutBreaks() {
    List<String> names =
        List.of(
            "default",
            "llama-bpe",
            "qwen2",
            "deepseek-llm",
            "deepseek-coder",
            "deepseek-v3",
            "falcon",
            "starcoder",
            "gpt-2",
            "tekken",
            "gpt-4o",
            "qwen35",
            "viking");
    List<String> texts = texts();
    assertTimeoutPreemptively(
        LIMIT,
        () -> {
          for (String name : names) {
            PreTokenizer preTokenizer = PreTokenizer.named(name, "test.gguf");
            for (String text : texts) {
              assertEquals(text.length(), preTokenizer.split(text).length());
            }
          }
        });
  }

  /** 65,536 tokens with the same hash code took 25 seconds, four times as many minutes. */
  @Test
  void tokensWithEqualHashesAreFound() {
    List<String> tokens = new ArrayList<>(List.of(""));
    for (int i = 0; i < 18; i++) {
      List<String> longer = new ArrayList<>();
      tokens.forEach(token -> longer.add(token + "Aa"));
      tokens.forEach(token -> longer.add(token + "BB"));
      tokens = longer;
    }
    List<String> all = tokens;
    assertTimeoutPreemptively(
        LIMIT,
        () -> {
          TokenTable table = new TokenTable(TextArray.of(all));
          assertEquals(0, table.duplicates());
          for (int id = 0; id < all.size(); id++) {
            assertEquals(id, table.find(all.get(id)));
          }
          assertEquals(-1, table.find("AaC#"));
        });
  }
}
