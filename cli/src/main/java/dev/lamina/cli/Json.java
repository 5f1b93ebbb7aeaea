package dev.lamina.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Objects;

/** The output of {@code --json}: one object on standard output. */
final class Json {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** A number, boolean or text of a GGUF file as JSON. */
  static JsonNode value(Object value) {
    return MAPPER.valueToTree(value);
  }

  /**
   * A JSON object as a map, nested ones too.
   *
   * @throws IllegalArgumentException if the text is no JSON object
   */
  static Map<String, Object> map(String text) {
    try {
      Map<String, Object> map = MAPPER.readValue(text, new TypeReference<>() {});
      if (map == null) {
        throw new IllegalArgumentException("null");
      }
      // Templates do not need null values, and unmodifiable maps do not allow them.
      map.values().removeIf(Objects::isNull);
      return map;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e.getOriginalMessage(), e);
    }
  }

  static String text(Object object) {
    try {
      return escapeControls(MAPPER.writeValueAsString(object));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static void print(Console console, ObjectNode object) {
    console.line(text(object));
  }

  /** Escapes control characters that JSON leaves unchanged but a terminal would obey. */
  private static String escapeControls(String json) {
    if (json.chars().noneMatch(c -> c >= 0x7f && c <= 0x9f)) {
      return json;
    }
    StringBuilder result = new StringBuilder();
    json.chars()
        .forEach(
            c -> result.append(c >= 0x7f && c <= 0x9f ? "\\u%04x".formatted(c) : "" + (char) c));
    return result.toString();
  }
}
