package dev.lamina.text.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChatContextTest {

  private static String render(String template, ChatContext context) {
    return ChatTemplate.compile(template).render(context);
  }

  @Test
  void givesWhatApplyChatTemplateGives() {
    ChatContext context =
        ChatContext.of(
            List.of(ChatMessage.of("system", "S"), ChatMessage.of("user", "Hi")), "<s>", null);
    assertEquals(
        "<s>|system:S;user:Hi;|True|True|True|False|False",
        render(
            "{{ bos_token }}|{% for m in messages %}{{ m.role }}:{{ m['content'] }};{% endfor %}|"
                + "{{ add_generation_prompt }}|{{ tools is none }}|{{ documents is none }}|"
                + "{{ eos_token is defined }}|{{ enable_thinking is defined }}",
            context));
  }

  @Test
  void carriesToolsAndExtraFields() {
    Map<String, Object> call = Map.of("function", Map.of("name", "f"));
    ChatContext context =
        new ChatContext(
            List.of(new ChatMessage("assistant", null, Map.of("tool_calls", List.of(call)))),
            List.of(Map.of("type", "function")),
            null,
            false,
            "<s>",
            "</s>",
            Map.of("enable_thinking", false, "bos_token", "<b>"));
    assertEquals(
        "f|None|function|False|<b></s>",
        render(
            "{{ messages[0].tool_calls[0].function.name }}|{{ messages[0].content }}|"
                + "{{ tools[0].type }}|{{ enable_thinking }}|{{ bos_token }}{{ eos_token }}",
            context));
  }

  @Test
  void takesEveryKindOfValue() {
    Map<String, Object> context =
        Map.of(
            "l", Arrays.asList(1, 2L, (short) 3, 1.5f, 2.5, null, true, "s"),
            "b", new BigInteger("123456789012345678901"),
            "d", new BigDecimal("0.5"));
    assertEquals(
        "[1, 2, 3, 1.5, 2.5, None, True, 's'] 123456789012345678901 0.5",
        ChatTemplate.compile("{{ l }} {{ b }} {{ d }}").render(context));
  }

  @Test
  void refusesOtherTypes() {
    Map<String, Object> context = Map.of("x", new Object());
    ChatTemplate template = ChatTemplate.compile("a");
    assertThrows(TemplateException.class, () -> template.render(context));
  }
}
