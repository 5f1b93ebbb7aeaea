package dev.lamina.text.template;

import dev.lamina.text.template.TemplateCapabilities.Content;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gives messages the shape that a template understands, so that nothing in them is lost. */
final class MessageShaper {
  private static final String TOOL_CALLS = "tool_calls";
  private static final ChatTemplate TO_JSON = ChatTemplate.compile("{{ value | tojson }}");

  private final TemplateCapabilities capabilities;

  MessageShaper(TemplateCapabilities capabilities) {
    this.capabilities = capabilities;
  }

  /**
   * @param system whether messages of the role system stay; otherwise their text goes before that
   *     of the user's next message
   */
  List<ChatMessage> shape(List<ChatMessage> messages, boolean system) {
    List<ChatMessage> result = new ArrayList<>();
    StringBuilder before = new StringBuilder();
    for (ChatMessage message : messages) {
      ChatMessage known = known(message);
      if (!system && known.role().equals("system")) {
        before.append(known.text()).append('\n');
      } else if (!before.isEmpty() && known.role().equals("user")) {
        result.add(withText(known, before + known.text()));
        before.setLength(0);
      } else {
        result.add(withText(known, known.text()));
      }
    }
    if (!before.isEmpty()) {
      result.add(withText(ChatMessage.of("user", ""), before.toString().strip()));
    }
    return result;
  }

  /** The same message with another text, as a string or as parts. */
  ChatMessage withText(ChatMessage message, String text) {
    Object content = capabilities.content() == Content.PARTS ? ChatMessage.textParts(text) : text;
    return new ChatMessage(message.role(), content, message.extra());
  }

  /** A message of a role and with fields that the template knows. */
  private ChatMessage known(ChatMessage message) {
    if (message.role().equals("developer")) {
      return new ChatMessage("system", message.content(), message.extra());
    }
    if (message.role().equals("tool") && !capabilities.toolResults()) {
      return ChatMessage.of("user", message.text());
    }
    if (message.extra().get(TOOL_CALLS) instanceof List<?> calls && !calls.isEmpty()) {
      return withCalls(message, calls);
    }
    return message;
  }

  private ChatMessage withCalls(ChatMessage message, List<?> calls) {
    Map<String, Object> extra = new LinkedHashMap<>(message.extra());
    if (!capabilities.toolCalls()) {
      extra.remove(TOOL_CALLS);
      String text = message.text();
      String json = json(calls);
      return new ChatMessage(message.role(), text.isEmpty() ? json : text + "\n" + json, extra);
    }
    extra.put(TOOL_CALLS, calls.stream().map(this::withArguments).toList());
    return new ChatMessage(message.role(), message.content(), extra);
  }

  private Object withArguments(Object call) {
    if (capabilities.argumentsAsText()
        && call instanceof Map<?, ?> fields
        && fields.get("function") instanceof Map<?, ?> function
        && function.get("arguments") instanceof Map<?, ?> arguments) {
      Map<Object, Object> changed = new LinkedHashMap<>(function);
      changed.put("arguments", json(arguments));
      Map<Object, Object> result = new LinkedHashMap<>(fields);
      result.put("function", changed);
      return result;
    }
    return call;
  }

  private static String json(Object value) {
    return TO_JSON.render(Map.of("value", value));
  }
}
