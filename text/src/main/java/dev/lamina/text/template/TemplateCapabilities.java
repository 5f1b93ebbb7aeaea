package dev.lamina.text.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a chat template understands, found out by rendering short conversations with marker words
 * and looking for them in the output. Each question is asked once, when it is first needed.
 */
public final class TemplateCapabilities {
  /** How the template treats a message with the role {@code system}. */
  public enum SystemRole {
    /** Its text is part of the prompt. */
    SUPPORTED,
    /** The message is left out silently. */
    IGNORED,
    /** The template raises an error. */
    REFUSED
  }

  /** The shape in which a message's content is read. */
  public enum Content {
    /** A string. */
    TEXT,
    /** A list of parts such as {@code {"type": "text", "text": ...}}. */
    PARTS
  }

  // Two messages and a tool take published templates some thousand steps.
  private static final TemplateLimits LIMITS =
      new TemplateLimits(2_000_000, 1_000_000_000L, 1 << 20, 400);

  private static final String SYSTEM = "probe7system";
  private static final String USER = "probe7user";
  private static final String TOOL = "probe7tool";
  private static final String ARGUMENT = "probe7argument";
  private static final String RESULT = "probe7result";
  private static final String THOUGHT = "probe7thought";
  private static final List<String> SWITCHES = List.of("enable_thinking", "thinking");

  private final ChatTemplate template;
  private final Map<String, ?> variables;
  private SystemRole systemRole;
  private Content content;
  private boolean needsToolList;
  private Boolean tools;
  private Boolean toolCalls;
  private Boolean argumentsAsText;
  private Boolean toolResults;
  private Boolean reasoning;
  private Optional<String> reasoningSwitch;

  /**
   * @param variables what the template is rendered with besides messages, such as {@code bos_token}
   */
  TemplateCapabilities(ChatTemplate template, Map<String, ?> variables) {
    this.template = template.withLimits(LIMITS);
    this.variables = variables;
  }

  /** How the template treats a system message at the start. */
  public SystemRole systemRole() {
    if (systemRole == null) {
      probeText();
    }
    return systemRole;
  }

  /** The shape of content; {@link Content#TEXT} if both work. */
  public Content content() {
    if (content == null) {
      probeText();
    }
    return content;
  }

  private void probeText() {
    systemRole = SystemRole.SUPPORTED;
    content = Content.TEXT;
    if (has(render(system(), user()), SYSTEM, USER) || !findShape()) {
      return;
    }
    String both = render(system(), user());
    if (!has(both, SYSTEM)) {
      systemRole = both == null ? SystemRole.REFUSED : SystemRole.IGNORED;
    }
  }

  /** Tries the shapes until the text of a user reaches the prompt; false if it never does. */
  private boolean findShape() {
    for (boolean list : new boolean[] {false, true}) {
      for (Content shape : Content.values()) {
        needsToolList = list;
        content = shape;
        if (has(render(user()), USER)) {
          return true;
        }
      }
    }
    // The rendering itself must say why.
    needsToolList = false;
    content = Content.TEXT;
    return false;
  }

  /** Whether a conversation without tools needs an empty list of them instead of none. */
  boolean needsToolList() {
    content();
    return needsToolList;
  }

  /** Whether the schemas in {@code tools} reach the prompt. */
  public boolean tools() {
    if (tools == null) {
      Map<String, Object> function =
          Map.of(
              "name",
              TOOL,
              "description",
              "d",
              "parameters",
              Map.of("type", "object", "properties", Map.of()));
      tools = has(render(List.of(Map.of("type", "function", "function", function)), user()), TOOL);
    }
    return tools;
  }

  /** Whether {@code tool_calls} of an assistant's message reach the prompt. */
  public boolean toolCalls() {
    if (toolCalls == null) {
      argumentsAsText = false;
      toolCalls = has(render(user(), call(false)), TOOL, ARGUMENT);
      if (!toolCalls) {
        argumentsAsText = has(render(user(), call(true)), TOOL, ARGUMENT);
        toolCalls = argumentsAsText;
      }
    }
    return toolCalls;
  }

  /** Whether the arguments of a tool call must be a JSON text instead of an object. */
  public boolean argumentsAsText() {
    return toolCalls() && argumentsAsText;
  }

  /** Whether messages with the role {@code tool} reach the prompt. */
  public boolean toolResults() {
    if (toolResults == null) {
      ChatMessage result =
          new ChatMessage("tool", RESULT, Map.of("name", TOOL, "tool_call_id", "call00001"));
      toolResults = has(render(user(), call(argumentsAsText()), result), RESULT);
    }
    return toolResults;
  }

  /** Whether {@code reasoning_content} of an assistant's message reaches the prompt. */
  public boolean reasoning() {
    if (reasoning == null) {
      ChatMessage answer =
          new ChatMessage("assistant", shaped("answer"), Map.of("reasoning_content", THOUGHT));
      reasoning =
          has(render(user(), answer), THOUGHT) || has(render(user(), answer, user()), THOUGHT);
    }
    return reasoning;
  }

  /** The variable that turns thinking on and off: {@code enable_thinking} or {@code thinking}. */
  public Optional<String> reasoningSwitch() {
    if (reasoningSwitch == null) {
      reasoningSwitch = SWITCHES.stream().filter(this::switches).findFirst();
    }
    return reasoningSwitch;
  }

  private boolean switches(String variable) {
    String on = render(noTools(), Map.of(variable, true), user());
    String off = render(noTools(), Map.of(variable, false), user());
    return on != null && off != null && !on.equals(off);
  }

  private ChatMessage system() {
    return new ChatMessage("system", shaped(SYSTEM), Map.of());
  }

  private ChatMessage user() {
    return new ChatMessage("user", shaped(USER), Map.of());
  }

  private static ChatMessage call(boolean asText) {
    Object arguments = asText ? "{\"a\": \"" + ARGUMENT + "\"}" : Map.of("a", ARGUMENT);
    Map<String, Object> function = Map.of("name", TOOL, "arguments", arguments);
    Map<String, Object> call = Map.of("id", "call00001", "type", "function", "function", function);
    return new ChatMessage("assistant", "", Map.of("tool_calls", List.of(call)));
  }

  private Object shaped(String text) {
    return content == Content.PARTS ? ChatMessage.textParts(text) : text;
  }

  private String render(ChatMessage... messages) {
    return render(noTools(), messages);
  }

  private List<Map<String, Object>> noTools() {
    return needsToolList ? List.of() : null;
  }

  private String render(List<Map<String, Object>> schemas, ChatMessage... messages) {
    return render(schemas, Map.of(), messages);
  }

  /** The prompt, or null if the template raises an error. */
  private String render(
      List<Map<String, Object>> schemas, Map<String, ?> more, ChatMessage... messages) {
    Map<String, Object> extra = new HashMap<>(variables);
    extra.putAll(more);
    List<ChatMessage> list = new ArrayList<>(List.of(messages));
    boolean answered = list.getLast().role().equals("assistant");
    try {
      return template.render(new ChatContext(list, schemas, null, !answered, null, null, extra));
    } catch (TemplateException e) {
      return null;
    }
  }

  private static boolean has(String prompt, String... words) {
    if (prompt == null) {
      return false;
    }
    for (String word : words) {
      if (!prompt.contains(word)) {
        return false;
      }
    }
    return true;
  }
}
