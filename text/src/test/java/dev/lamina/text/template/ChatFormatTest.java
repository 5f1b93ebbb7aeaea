package dev.lamina.text.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.testing.GoldenData;
import dev.lamina.text.template.TemplateCapabilities.Content;
import dev.lamina.text.template.TemplateCapabilities.SystemRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages adapted to what templates understand. */
class ChatFormatTest {
  private static final String PLAIN =
      "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}";
  private static final String PARTS =
      "{% for m in messages %}<{{ m.role }}>{% for p in m.content %}"
          + "{% if p.type == 'text' %}{{ p.text }}{% endif %}{% endfor %}{% endfor %}";
  private static final String EITHER =
      "{% for m in messages %}<{{ m.role }}>{% if m.content is string %}{{ m.content }}{% else %}"
          + "{{ m.content[0]['text'] }}{% endif %}{% endfor %}";
  private static final String REFUSES =
      "{% if messages[0].role == 'system' %}{{ raise_exception('no') }}{% endif %}" + PLAIN;
  private static final String IGNORES =
      "{% for m in messages %}{% if m.role != 'system' %}<{{ m.role }}>{{ m.content }}"
          + "{% endif %}{% endfor %}";
  private static final String REFUSES_PARTS =
      "{% if messages[0].role == 'system' %}{{ raise_exception('no') }}{% endif %}" + PARTS;
  private static final String FIRST_SYSTEM_ONLY =
      "{% for m in messages %}{% if m.role != 'system' or loop.first %}<{{ m.role }}>"
          + "{{ m.content }}{% endif %}{% endfor %}";

  private static ChatFormat format(String template) {
    return new ChatFormat(ChatTemplate.compile(template), Map.of());
  }

  private static ChatMessage message(String role, String text) {
    return ChatMessage.of(role, text);
  }

  static Stream<Arguments> textTemplates() {
    return Stream.of(
        Arguments.of(PLAIN, Content.TEXT, SystemRole.SUPPORTED, "<system>S<user>U"),
        Arguments.of(PARTS, Content.PARTS, SystemRole.SUPPORTED, "<system>S<user>U"),
        Arguments.of(EITHER, Content.TEXT, SystemRole.SUPPORTED, "<system>S<user>U"),
        Arguments.of(REFUSES, Content.TEXT, SystemRole.REFUSED, "<user>S\nU"),
        Arguments.of(IGNORES, Content.TEXT, SystemRole.IGNORED, "<user>S\nU"),
        Arguments.of(REFUSES_PARTS, Content.PARTS, SystemRole.REFUSED, "<user>S\nU"));
  }

  @ParameterizedTest
  @MethodSource("textTemplates")
  void systemTextAndPartsReachThePrompt(
      String template, Content content, SystemRole role, String expected) {
    ChatFormat format = format(template);
    assertEquals(expected, format.prompt(List.of(message("system", "S"), message("user", "U"))));
    assertEquals(content, format.capabilities().content());
    assertEquals(role, format.capabilities().systemRole());
  }

  @ParameterizedTest
  @MethodSource("dev.lamina.text.template.BuiltinTemplates#names")
  void everyBuiltinTemplateHasAllTexts(String name) {
    String prompt =
        new ChatFormat(BuiltinTemplates.compile(name), Map.of())
            .prompt(
                List.of(
                    message("system", "Sys"),
                    message("user", "First"),
                    message("assistant", "Second"),
                    message("user", "Third")));
    for (String text : List.of("Sys", "First", "Second", "Third")) {
      assertTrue(prompt.contains(text), prompt);
    }
  }

  @Test
  void everyPublishedTemplateHasAllTexts() throws IOException {
    Path folder = GoldenData.file("templates");
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".jinja")).toList()) {
        Map<String, Object> tokens = Map.of("bos_token", "<s>", "eos_token", "</s>");
        ChatFormat format = new ChatFormat(ChatTemplate.compile(Files.readString(file)), tokens);
        String prompt =
            format.prompt(
                List.of(
                    message("system", "Sys"),
                    message("user", "First"),
                    message("assistant", "Second"),
                    message("user", "Third")));
        for (String text : List.of("Sys", "First", "Second", "Third")) {
          assertTrue(prompt.contains(text), file + ": " + prompt);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Qwen-Qwen3-0.6B.jinja, enable_thinking, true, true, true",
    "HuggingFaceTB-SmolLM3-3B.jinja, enable_thinking, false, false, true",
    "ibm-granite-granite-3.3-2B-Instruct.jinja, thinking, true, false, true",
    "google-gemma-2-2b-it.jinja, , false, false, false",
    "meta-llama-Llama-3.1-8B-Instruct.jinja, , true, true, true",
    "Qwen-Qwen2.5-7B-Instruct.jinja, , true, true, true"
  })
  void capabilitiesOfPublishedTemplates(
      String name, String reasoningSwitch, boolean tools, boolean calls, boolean results)
      throws IOException {
    Path file = GoldenData.file("templates/" + name);
    TemplateCapabilities capabilities = format(Files.readString(file)).capabilities();
    assertEquals(reasoningSwitch, capabilities.reasoningSwitch().orElse(null));
    assertEquals(tools, capabilities.tools(), "tools");
    assertEquals(calls, capabilities.toolCalls(), "calls");
    assertEquals(results, capabilities.toolResults(), "results");
    assertEquals(name.contains("Qwen3"), capabilities.reasoning(), "reasoning");
  }

  @Test
  void aLaterSystemMessageThatTheTemplateSkipsGoesToTheUser() {
    String prompt =
        format(FIRST_SYSTEM_ONLY)
            .prompt(
                List.of(
                    message("user", "A"), message("assistant", "B"),
                    message("system", "S"), message("user", "C")));
    assertEquals("<user>A<assistant>B<user>S\nC", prompt);
  }

  @Test
  void textOfASystemMessageAloneBecomesTheUsers() {
    assertEquals("<user>S", format(IGNORES).prompt(List.of(message("system", "S"))));
    assertEquals("<system>S", format(PLAIN).prompt(List.of(message("developer", "S"))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{% if tools %}{{ tools | tojson }}{% endif %}; no prompt",
        "{% for m in messages %}{% if m.role == 'assistant' %}{{ m.content }}{% endif %}"
            + "{% endfor %}assistant; role user",
        "assistant {{ messages[-1].content }}; role user"
      })
  void aMessageThatTheTemplateLeavesOutIsAnError(String template, String words) {
    // The text of the first one is part of what the template writes anyway.
    List<ChatMessage> chat =
        List.of(message("user", "a"), message("assistant", "x"), message("user", "a"));
    TemplateException e =
        assertThrows(TemplateException.class, () -> format(template).prompt(chat));
    assertTrue(e.getMessage().contains(words), e.getMessage());
  }

  @Test
  void aTextThatTheTemplateChangesIsNoError() {
    String template =
        "{% for m in messages %}{{ m.content | replace('/think', '') | upper }}{% endfor %}|";
    // Upper case hides the markers too, so the template counts as one that shows nothing.
    assertThrows(
        TemplateException.class,
        () -> format(template).prompt(List.of(message("user", "a/think"))));
    String removes = "{% for m in messages %}{{ m.content | replace('/think', '') }}{% endfor %}|";
    assertEquals("|", format(removes).prompt(List.of(message("user", "/think"))));
  }

  @Test
  void toolCallsAndResultsAreNeverLost() {
    ChatMessage call =
        new ChatMessage(
            "assistant",
            null,
            Map.of(
                "tool_calls",
                List.of(Map.of("function", Map.of("name", "f", "arguments", Map.of("a", 1))))));
    List<ChatMessage> chat = List.of(message("user", "U"), call, message("tool", "42"));
    assertEquals(
        "<user>U<assistant>[{\"function\": {\"name\": \"f\", \"arguments\": {\"a\": 1}}}]<tool>42",
        format(PLAIN)
            .prompt(chat)
            .replace(
                "\"arguments\": {\"a\": 1}, \"name\": \"f\"",
                "\"name\": \"f\", \"arguments\": {\"a\": 1}"));
    String noTools = IGNORES.replace("!= 'system'", "in ['user', 'assistant']");
    assertTrue(format(noTools).prompt(chat).endsWith("<user>42"));
    String wantsText =
        "{% for m in messages %}{{ m.content }}{% for c in m.tool_calls %}{{ c.function.name + "
            + "c.function.arguments }}{% endfor %}{% endfor %}";
    assertTrue(format(wantsText).capabilities().argumentsAsText());
    assertEquals("Uf{\"a\": 1}42", format(wantsText).prompt(chat));
  }

  @Test
  void timeAndFunctionsAreThere() {
    ChatTemplate template =
        ChatTemplate.compile("{{ date_string }}|{{ datetime }}|{{ functions }}|{{ tools }}")
            .withClock(Clock.fixed(Instant.parse("2026-11-05T23:04:09Z"), ZoneId.of("UTC+2")));
    ChatContext context = ChatContext.of(List.of(), null, null);
    assertEquals("06 Nov 2026|Nov 05 2026 23:04:09 GMT||None", template.render(context));
    ChatContext tools =
        new ChatContext(List.of(), List.of(Map.of("name", "f")), null, true, null, null, Map.of());
    assertTrue(template.render(tools).contains("[\n  {\n    \"name\": \"f\"\n  }\n]"));
  }

  @Test
  void probesAreBounded() {
    ChatFormat format =
        format("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}");
    assertFalse(format.capabilities().tools());
    TemplateException e =
        assertThrows(TemplateException.class, () -> format.prompt(List.of(message("user", "U"))));
    assertTrue(e.getMessage().contains("too long"), e.getMessage());
  }
}
