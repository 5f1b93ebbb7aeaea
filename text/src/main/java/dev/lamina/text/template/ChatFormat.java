package dev.lamina.text.template;

import dev.lamina.text.template.TemplateCapabilities.SystemRole;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A chat template as a conversation uses it: messages are given to it in the shape that it
 * understands (see {@link TemplateCapabilities}), and every message of the user is in the prompt or
 * an error says that it is not. Not for use by several threads.
 */
public final class ChatFormat {
  /** Texts from this length on are found in a prompt only if they are what is looked for. */
  private static final int UNIQUE_LENGTH = 24;

  private final ChatTemplate template;
  private final Map<String, ?> variables;
  private final TemplateCapabilities capabilities;
  private final MessageShaper shaper;

  /**
   * @param variables what the template sees besides messages and tools: texts of special tokens,
   *     switches such as {@code enable_thinking}
   */
  public ChatFormat(ChatTemplate template, Map<String, ?> variables) {
    this.template = template;
    this.variables = Map.copyOf(variables);
    this.capabilities = new TemplateCapabilities(template, this.variables);
    this.shaper = new MessageShaper(capabilities);
  }

  /** What the template understands. */
  public TemplateCapabilities capabilities() {
    return capabilities;
  }

  /** A conversation without tools, ready for the assistant's answer. */
  public String prompt(List<ChatMessage> messages) {
    return prompt(messages, null, true);
  }

  /**
   * The prompt of a conversation.
   *
   * @param tools JSON schemas of functions, or null for none
   * @param addGenerationPrompt whether it ends with the opening of the assistant's answer
   * @throws TemplateException in one line: the template raised an error or went over its limits, or
   *     leaves out a message
   */
  public String prompt(
      List<ChatMessage> messages,
      List<? extends Map<String, ?>> tools,
      boolean addGenerationPrompt) {
    boolean system = capabilities.systemRole() == SystemRole.SUPPORTED;
    List<ChatMessage> shaped = shaper.shape(messages, system);
    String prompt = render(shaped, tools, addGenerationPrompt);
    String lost = lost(shaped, tools, addGenerationPrompt, prompt);
    if (lost != null && lost.equals("system")) {
      // Supported at the start only.
      shaped = shaper.shape(messages, false);
      prompt = render(shaped, tools, addGenerationPrompt);
      lost = lost(shaped, tools, addGenerationPrompt, prompt);
    }
    if (lost != null) {
      throw new TemplateException(
          prompt.isBlank()
              ? "chat template: it yields no prompt for this conversation"
              : "chat template: a message of the role " + lost + " does not reach the prompt");
    }
    return prompt;
  }

  private String render(
      List<ChatMessage> messages,
      List<? extends Map<String, ?>> tools,
      boolean addGenerationPrompt) {
    // Templates made for tools may go through the list without a look.
    List<? extends Map<String, ?>> list =
        tools == null && capabilities.needsToolList() ? List.of() : tools;
    return template.render(
        new ChatContext(messages, list, null, addGenerationPrompt, null, null, variables));
  }

  /** The role of a message of the user's that the prompt lacks, or null. */
  private String lost(
      List<ChatMessage> messages,
      List<? extends Map<String, ?>> tools,
      boolean addGenerationPrompt,
      String prompt) {
    List<ChatMessage> marked = new ArrayList<>(messages);
    Map<Integer, String> markers = new HashMap<>();
    for (int i = 0; i < messages.size(); i++) {
      ChatMessage message = messages.get(i);
      String text = message.text().strip();
      boolean ofUser = message.role().equals("user") || message.role().equals("system");
      if (ofUser && !text.isEmpty() && !(isUnique(text) && prompt.contains(text))) {
        markers.put(i, "marker7" + i + "x");
        marked.set(i, shaper.withText(message, markers.get(i)));
      }
    }
    if (markers.isEmpty()) {
      return null;
    }
    // A template may change a text, and a short one may stand in the prompt by chance: another text
    // in its place shows whether the template has a place for it.
    String markedPrompt = render(marked, tools, addGenerationPrompt);
    return markers.entrySet().stream()
        .filter(e -> !markedPrompt.contains(e.getValue()))
        .map(e -> messages.get(e.getKey()).role())
        .findFirst()
        .orElse(null);
  }

  private static boolean isUnique(String text) {
    return text.length() >= UNIQUE_LENGTH;
  }
}
