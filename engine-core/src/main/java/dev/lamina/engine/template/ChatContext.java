package dev.lamina.engine.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a chat template is rendered with: the variables that Hugging Face's {@code
 * apply_chat_template} passes.
 *
 * @param messages the conversation
 * @param tools JSON schemas of functions, or null for none
 * @param documents for retrieval-augmented templates, or null for none
 * @param addGenerationPrompt whether the prompt ends with the opening of the assistant's answer
 * @param bosToken text of the beginning-of-sequence token, or null if the model has none
 * @param eosToken text of the end-of-sequence token, or null
 * @param extra further variables such as {@code enable_thinking}; they win over the others
 */
public record ChatContext(
    List<ChatMessage> messages,
    List<? extends Map<String, ?>> tools,
    List<? extends Map<String, ?>> documents,
    boolean addGenerationPrompt,
    String bosToken,
    String eosToken,
    Map<String, ?> extra) {

  /** A conversation without tools or documents, ready for the assistant's answer. */
  public static ChatContext of(List<ChatMessage> messages, String bosToken, String eosToken) {
    return new ChatContext(messages, null, null, true, bosToken, eosToken, Map.of());
  }

  /** The variables; a token the model lacks is not defined, absent tools and documents are None. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("messages", ChatMessage.toMaps(messages));
    map.put("tools", tools);
    map.put("documents", documents);
    map.put("add_generation_prompt", addGenerationPrompt);
    if (bosToken != null) {
      map.put("bos_token", bosToken);
    }
    if (eosToken != null) {
      map.put("eos_token", eosToken);
    }
    map.putAll(extra);
    return map;
  }
}
