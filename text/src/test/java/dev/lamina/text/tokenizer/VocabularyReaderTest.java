package dev.lamina.text.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.gguf.GgufFormatException;
import dev.lamina.gguf.Metadata;
import dev.lamina.gguf.MetadataArray;
import dev.lamina.gguf.UnsupportedModelException;
import dev.lamina.gguf.ValueType;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Vocabularies that are wrong, or only odd: one line that names file and key. */
class VocabularyReaderTest {
  private static final String PREFIX = "tokenizer.ggml.";

  private static void assertRefused(Map<String, Object> values, String key, String part) {
    String message =
        assertThrows(
                GgufFormatException.class, () -> Tokenizers.from(TestVocabularies.metadata(values)))
            .getMessage();
    assertTrue(message.startsWith("test.gguf: metadata key " + PREFIX + key), message);
    assertTrue(message.contains(part), message);
    assertEquals(1, message.lines().count(), message);
  }

  private static Vocabulary assertWarns(Map<String, Object> values, String key, String part) {
    Metadata metadata = TestVocabularies.metadata(values);
    Tokenizer tokenizer = Tokenizers.from(metadata);
    use(tokenizer);
    List<String> warnings = metadata.warnings().all();
    assertEquals(1, warnings.size(), warnings.toString());
    String warning = warnings.getFirst();
    assertTrue(warning.startsWith("test.gguf: metadata key " + PREFIX + key), warning);
    assertTrue(warning.contains(part), warning);
    return tokenizer.vocabulary();
  }

  @ParameterizedTest
  @CsvSource({
    "demo,model",
    "demo,tokens",
    "demo,merges",
    "sentencepiece,model",
    "sentencepiece,tokens"
  })
  void refusesMissingKeys(String kind, String key) {
    Map<String, Object> values = vocabulary(kind);
    values.remove(PREFIX + key);
    assertRefused(values, key, "is missing");
  }

  private static Map<String, Object> vocabulary(String kind) {
    return kind.equals("demo") ? TestVocabularies.demo() : TestVocabularies.sentencePiece();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokens", "merges", "token_type"})
  void refusesArraysOfAnotherType(String key) {
    Map<String, Object> values = TestVocabularies.demo();
    values.put(PREFIX + key, new MetadataArray(ValueType.F32, List.of(1f, 2f)));
    assertRefused(values, key, "expected an array of");
    values.put(PREFIX + key, "text");
    assertRefused(values, key, "expected an array of");
  }

  @ParameterizedTest
  @ValueSource(strings = {"token_type", "scores"})
  void refusesArraysOfAnotherLength(String key) {
    Map<String, Object> values = TestVocabularies.sentencePiece();
    values.put(PREFIX + key, new MetadataArray(ValueType.I32, List.of(1, 2)));
    assertRefused(values, key, "has 2 elements, expected one per token: ");
  }

  @Test
  void refusesAnEmptyVocabulary() {
    Map<String, Object> values = TestVocabularies.demo();
    values.put(PREFIX + "tokens", new MetadataArray(ValueType.STRING, List.of()));
    assertRefused(values, "tokens", "is empty");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"<0x-1>", "<0xGG>", "<0x1>", "<0x123>", "0x12", "<0x1G>", "<0x٣٣>", "a\nb"})
  void takesBytesThatAreNoneAsTokens(String token) {
    Map<String, Object> values = TestVocabularies.sentencePiece();
    List<Object> tokens = copy(values, "tokens");
    tokens.set(20, token);
    values.put(PREFIX + "tokens", new MetadataArray(ValueType.STRING, tokens));
    assertWarns(values, "tokens", "has bytes other than <0x00> to <0xFF>");
  }

  private static List<Object> copy(Map<String, Object> values, String key) {
    return new ArrayList<>(((MetadataArray) values.get(PREFIX + key)).values());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bos",
        "eos",
        "eot",
        "eom",
        "unknown",
        "padding",
        "seperator",
        "mask",
        "fim_pad",
        "fim_pre"
      })
  void doesWithoutIdsOutsideOfTheVocabulary(String role) {
    Object[] ids = {2048L, -1, 0xFFFF_FFFFL, Long.MAX_VALUE, BigInteger.TWO.pow(63), 1e9f, "x"};
    for (Object id : ids) {
      Map<String, Object> values = TestVocabularies.demo();
      values.put(PREFIX + role + "_token_id", id);
      String text = id instanceof String ? "str" : id.toString();
      assertWarns(values, role + "_token_id", " is " + text + ", no id of a token (0 to 2047)");
    }
  }

  @Test
  void noticesTypesAndScoresThatAreNone() {
    Map<String, Object> values = TestVocabularies.sentencePiece();
    List<Object> types = copy(values, "token_type");
    types.set(5, 7);
    values.put(PREFIX + "token_type", new MetadataArray(ValueType.I32, types));
    assertWarns(values, "token_type", "other than 0 to 6");
    values = TestVocabularies.sentencePiece();
    List<Object> scores = copy(values, "scores");
    scores.set(6, Float.NaN);
    values.put(PREFIX + "scores", new MetadataArray(ValueType.F32, scores));
    assertRefused(values, "scores", "is NaN at 6");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ab", "a ", " b", " "})
  void doesWithoutMergesOfFewerThanTwo(String merge) {
    Map<String, Object> values = TestVocabularies.demo();
    List<Object> merges = copy(values, "merges");
    merges.set(3, merge);
    values.put(PREFIX + "merges", new MetadataArray(ValueType.STRING, merges));
    assertWarns(values, "merges", "fewer than two tokens");
  }

  @Test
  void addsNoTokenThatTheFileDoesNotName() {
    Map<String, Object> values = TestVocabularies.demo();
    values.put(PREFIX + "add_bos_token", true);
    values.remove(PREFIX + "bos_token_id");
    assertFalse(assertWarns(values, "add_bos_token", "bos_token_id names no").addBos());
  }

  @Test
  void takesMissingScoresAsZero() {
    Map<String, Object> values = TestVocabularies.sentencePiece();
    values.remove(PREFIX + "scores");
    assertWarns(values, "scores", "is missing");
  }

  @Test
  void readsFlagsOfOtherTypes() {
    for (Object flag : new Object[] {true, 1, 1L, 2.0}) {
      Map<String, Object> values = TestVocabularies.demo();
      values.put(PREFIX + "bos_token_id", 1L);
      values.put(PREFIX + "add_bos_token", flag);
      assertTrue(Tokenizers.from(TestVocabularies.metadata(values)).vocabulary().addBos());
    }
    Map<String, Object> values = TestVocabularies.demo();
    values.put(PREFIX + "add_bos_token", "yes");
    assertWarns(values, "add_bos_token", "is of type str");
  }

  @Test
  void refusesOtherKindsOfTokenizer() {
    Map<String, Object> values = TestVocabularies.demo();
    values.put(PREFIX + "model", "bert");
    String message =
        assertThrows(
                UnsupportedModelException.class,
                () -> Tokenizers.from(TestVocabularies.metadata(values)))
            .getMessage();
    assertTrue(message.startsWith("test.gguf: tokenizer.ggml.model is bert, supported"), message);
  }

  /** Whatever a file holds: a tokenizer that works, or one of two exceptions. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void survivesMutations(long seed) {
    Random random = new Random(seed);
    Map<String, Object> demo = TestVocabularies.demo();
    Map<String, Object> sentencePiece = TestVocabularies.sentencePiece();
    int accepted = 0;
    for (int i = 0; i < 200; i++) {
      Map<String, Object> values =
          new java.util.LinkedHashMap<>(random.nextBoolean() ? demo : sentencePiece);
      for (int k = 1 + random.nextInt(3); k > 0; k--) {
        mutate(values, random);
      }
      try {
        use(Tokenizers.from(TestVocabularies.metadata(values)));
        accepted++;
      } catch (GgufFormatException | UnsupportedModelException e) {
        assertEquals(1, e.getMessage().lines().count(), "seed " + seed + ": " + e.getMessage());
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + i, e);
      }
    }
    assertTrue(accepted > 20, "seed " + seed + ": " + accepted);
  }

  private static void use(Tokenizer tokenizer) {
    for (boolean special : new boolean[] {true, false}) {
      int[] ids = tokenizer.encode("Hello <|im_end|> world's é😀 123\n\n</s>", special, special);
      assertFalse(tokenizer.decode(ids, special).contains("\ud83d\ufffd"));
    }
    for (int id = 0; id < tokenizer.vocabulary().size(); id++) {
      tokenizer.bytes(id, true);
    }
  }

  private static void mutate(Map<String, Object> values, Random random) {
    List<String> keys = new ArrayList<>(values.keySet());
    String key = keys.get(random.nextInt(keys.size()));
    if (values.get(key) instanceof MetadataArray array && random.nextInt(8) > 0) {
      List<Object> elements = new ArrayList<>(array.values());
      for (int k = 1 + random.nextInt(4); k > 0 && !elements.isEmpty(); k--) {
        int at = random.nextInt(elements.size());
        switch (random.nextInt(4)) {
          case 0 -> elements.set(at, elements.get(random.nextInt(elements.size())));
          case 1 -> elements.set(at, element(array.type(), random));
          case 2 -> elements.add(at, element(array.type(), random));
          default -> elements.remove(at);
        }
      }
      values.put(key, new MetadataArray(array.type(), elements));
      return;
    }
    switch (random.nextInt(4)) {
      case 0 -> values.remove(key);
      case 1 -> values.put(key, random.nextBoolean());
      case 2 -> values.put(key, element(ValueType.STRING, random));
      default -> values.put(key, (long) random.nextInt(4000) - 100);
    }
  }

  private static Object element(ValueType type, Random random) {
    String[] texts = {
      "", " ", "  ", "a b", "<0x-1>", "<0x41>", "</s>", "<|end|>", "é", "\u0000", "😀"
    };
    return switch (type) {
      case STRING -> texts[random.nextInt(texts.length)];
      case F32 -> Float.intBitsToFloat(random.nextInt());
      default -> random.nextInt(9) - 1;
    };
  }
}
