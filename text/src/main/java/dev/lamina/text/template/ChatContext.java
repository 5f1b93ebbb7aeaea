package dev.lamina.text.template;

import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The variables that a chat template is rendered with, as Hugging Face's {@code
 * apply_chat_template} passes them.
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

  /**
   * The variables; a token the model lacks is not defined, absent tools and documents are None.
   * Besides those of {@code apply_chat_template} there are {@code functions} (the tools as JSON
   * text) and the time as {@code date_string} (26 Jul 2024) and {@code datetime} (Jul 26 2024
   * 13:05:00 GMT), which templates of Llama 3, Functionary and Firefunction ask for.
   *
   * @param now the time that the template is told
   */
  public Map<String, Object> toMap(ZonedDateTime now) {
    Map<String, Object> map = new LinkedHashMap<>();
    ZonedDateTime utc = now.withZoneSameInstant(ZoneOffset.UTC);
    String time = two(utc.getHour()) + ':' + two(utc.getMinute()) + ':' + two(utc.getSecond());
    map.put("date_string", two(now.getDayOfMonth()) + ' ' + month(now) + ' ' + now.getYear());
    map.put(
        "datetime",
        month(utc) + ' ' + two(utc.getDayOfMonth()) + ' ' + utc.getYear() + ' ' + time + " GMT");
    map.put("messages", ChatMessage.toMaps(messages));
    map.put("tools", tools);
    map.put("functions", tools == null ? "" : json(tools));
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

  private static String json(List<? extends Map<String, ?>> tools) {
    return ChatTemplate.compile("{{ tools | tojson(indent=2) }}").render(Map.of("tools", tools));
  }

  // Not by DateTimeFormatter, which takes tens of milliseconds when it is first used.
  private static String month(ZonedDateTime time) {
    String name = time.getMonth().name();
    return name.charAt(0) + name.substring(1, 3).toLowerCase(Locale.ROOT);
  }

  private static String two(int number) {
    return number < 10 ? "0" + number : "" + number;
  }
}
