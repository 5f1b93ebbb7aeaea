package dev.lamina.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lamina.text.template.ChatMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads and writes conversations as JSON files, in the form of chat APIs: {@code {"messages":
 * [...]}}.
 */
final class ConversationFile {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final TypeReference<TreeMap<String, Object>> FIELDS = new TypeReference<>() {};

  private ConversationFile() {}

  static String text(List<ChatMessage> messages) {
    ObjectNode result = Json.object();
    ArrayNode list = result.putArray("messages");
    for (ChatMessage message : messages) {
      ObjectNode node = list.addObject();
      node.put("role", message.role());
      node.set("content", Json.value(message.content()));
      message.extra().forEach((name, value) -> node.set(name, Json.value(value)));
    }
    return Json.text(result) + "\n";
  }

  /**
   * Reads the form of {@link #text}, or a list of messages alone.
   *
   * @throws CliException if the file cannot be read or holds no conversation
   */
  static List<ChatMessage> read(Path file) {
    JsonNode root;
    try {
      root = MAPPER.readTree(TextInput.readFile(file));
    } catch (JsonProcessingException e) {
      throw new CliException(
          file + " is no conversation: not JSON (" + e.getOriginalMessage() + ")", e);
    }
    JsonNode list = root.isArray() ? root : root.path("messages");
    if (!list.isArray()) {
      throw new CliException(file + " is no conversation: it has no list \"messages\"");
    }
    List<ChatMessage> messages = new ArrayList<>();
    for (JsonNode node : list) {
      messages.add(message(file, node, messages.size() + 1));
    }
    return messages;
  }

  private static ChatMessage message(Path file, JsonNode node, int number) {
    String where = file + " is no conversation: message " + number;
    if (!node.path("role").isTextual()) {
      throw new CliException(where + " has no \"role\"");
    }
    JsonNode content = node.path("content");
    if (!content.isTextual()
        && !content.isArray()
        && !content.isNull()
        && !content.isMissingNode()) {
      throw new CliException(where + " has a \"content\" that is neither text nor a list of parts");
    }
    Map<String, Object> fields = MAPPER.convertValue(node, FIELDS);
    Object value = fields.remove("content");
    fields.remove("role");
    return new ChatMessage(node.get("role").textValue(), value, fields);
  }
}
