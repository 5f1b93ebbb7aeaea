package dev.lamina.text.template;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One message of a conversation as templates see it.
 *
 * @param role {@code system}, {@code user}, {@code assistant}, {@code tool} ...
 * @param content a String, a List of parts such as {@code {"type": "text", "text": ...}}, or null
 * @param extra further fields: {@code tool_calls}, {@code name}, {@code reasoning_content} ...
 */
public record ChatMessage(String role, Object content, Map<String, ?> extra) {
  public ChatMessage {
    extra = Collections.unmodifiableMap(new LinkedHashMap<>(extra));
  }

  /** A plain text message. */
  public static ChatMessage of(String role, String content) {
    return new ChatMessage(role, content, Map.of());
  }

  /** Content as a template sees it that wants a list of parts. */
  static List<Map<String, Object>> textParts(String text) {
    Map<String, Object> part = new LinkedHashMap<>();
    part.put("type", "text");
    part.put("text", text);
    return List.of(part);
  }

  /** The content as text: of parts those that are text, a line each; empty if there is none. */
  public String text() {
    if (content instanceof List<?> parts) {
      return parts.stream()
          .filter(part -> part instanceof Map<?, ?> fields && fields.get("text") instanceof String)
          .map(part -> (String) ((Map<?, ?>) part).get("text"))
          .collect(Collectors.joining("\n"));
    }
    return content == null ? "" : content.toString();
  }

  /** The fields in the order role, content, extra. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("role", role);
    map.put("content", content);
    map.putAll(extra);
    return map;
  }

  static List<Map<String, Object>> toMaps(List<ChatMessage> messages) {
    return messages.stream().map(ChatMessage::toMap).toList();
  }
}
