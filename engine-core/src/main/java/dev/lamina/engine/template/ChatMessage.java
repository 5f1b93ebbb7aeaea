package dev.lamina.engine.template;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
