package dev.lamina.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.gguf.Metadata;
import dev.lamina.gguf.MetadataArray;
import dev.lamina.gguf.ValueType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.StreamSupport;

/** Vocabularies for tests. */
final class TestVocabularies {
  private TestVocabularies() {}

  static JsonNode json(String resource) {
    try (InputStream in = TestVocabularies.class.getResourceAsStream("/tokenizer/" + resource)) {
      return new ObjectMapper().readTree(Objects.requireNonNull(in, resource));
    } catch (IOException e) {
      throw new AssertionError(resource, e);
    }
  }

  /** The values of the demo model's tokenizer: byte-level, 2048 tokens, qwen2. */
  static Map<String, Object> demo() {
    Map<String, Object> values = new LinkedHashMap<>();
    json("demo-vocabulary.json")
        .properties()
        .forEach(e -> values.put(e.getKey(), value(e.getValue())));
    return values;
  }

  private static Object value(JsonNode node) {
    return switch (node.getNodeType()) {
      case BOOLEAN -> node.booleanValue();
      case NUMBER -> node.longValue();
      case ARRAY -> {
        List<Object> elements = new ArrayList<>();
        node.forEach(n -> elements.add(n.isTextual() ? n.textValue() : (Object) n.intValue()));
        yield new MetadataArray(
            elements.getFirst() instanceof String ? ValueType.STRING : ValueType.I32, elements);
      }
      default -> node.textValue();
    };
  }

  /** A small SentencePiece vocabulary with tokens of all types and equal scores. */
  static Map<String, Object> sentencePiece() {
    JsonNode json = json("sentencepiece.json");
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("tokenizer.ggml.model", "llama");
    values.put("tokenizer.ggml.tokens", value(json.get("tokens")));
    List<Float> scores = new ArrayList<>();
    json.get("scores").forEach(n -> scores.add(n.floatValue()));
    values.put("tokenizer.ggml.scores", new MetadataArray(ValueType.F32, scores));
    values.put("tokenizer.ggml.token_type", value(json.get("types")));
    return values;
  }

  /** The golden ids of a text. */
  static int[] ids(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
  }

  static Metadata metadata(Map<String, Object> values) {
    return new Metadata("test.gguf", values);
  }

  static Map<String, Object> bytePair(String pre, List<String> tokens, List<String> merges) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("tokenizer.ggml.model", "gpt2");
    values.put("tokenizer.ggml.pre", pre);
    values.put("tokenizer.ggml.tokens", new MetadataArray(ValueType.STRING, tokens));
    values.put("tokenizer.ggml.merges", new MetadataArray(ValueType.STRING, merges));
    return values;
  }

  /**
   * A byte-level vocabulary in which everything merges that the pre-tokenizer leaves together: all
   * bytes, all pairs of 17 characters of different classes, all pairs of these pairs.
   */
  static Map<String, Object> everythingMerges(String pre) {
    ByteAlphabet alphabet = new ByteAlphabet();
    Merges merges = new Merges();
    for (int b = 0; b < 256; b++) {
      merges.tokens.add(String.valueOf(alphabet.character(b)));
    }
    merges.known.addAll(merges.tokens);
    List<String> characters = new ArrayList<>();
    " \n\rasTl1\u0968'!$\u00e9\u4e2d\u0301\u3000\u00a0"
        .chars()
        .forEach(c -> {
          byte[] utf8 = Character.toString(c).getBytes(StandardCharsets.UTF_8);
          String spelling = alphabet.spell(utf8, utf8.length);
          for (int i = 1; i < spelling.length(); i++) {
            merges.add(spelling.substring(0, i), spelling.substring(i, i + 1));
          }
          characters.add(spelling);
        });
    merges.addPairs(merges.addPairs(characters));
    return bytePair(pre, merges.tokens, merges.merges);
  }

  private static final class Merges {
    final List<String> tokens = new ArrayList<>();
    final List<String> merges = new ArrayList<>();
    final Set<String> known = new HashSet<>();

    void add(String left, String right) {
      merges.add(left + " " + right);
      if (known.add(left + right)) {
        tokens.add(left + right);
      }
    }

    List<String> addPairs(List<String> parts) {
      List<String> pairs = new ArrayList<>();
      for (String left : parts) {
        for (String right : parts) {
          add(left, right);
          pairs.add(left + right);
        }
      }
      return pairs;
    }
  }
}
