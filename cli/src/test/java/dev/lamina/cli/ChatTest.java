package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamina chat} on the embedded model, with lines piped in. */
class ChatTest {
  @Test
  void turnsAndCommands(@TempDir Path folder) throws IOException {
    Path saved = folder.resolve("saved.json");
    Cli.Outcome outcome =
        Cli.runWithInput(
            """
            /regen
            /nonsense
            Good morrow, \\
            my lord.

            /system Thou art a king.
            /regen
            And again.
            /save %s
            /exit
            not read
            """
                .formatted(saved),
            "chat",
            "-n",
            "4",
            "-s",
            "5");
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(outcome.err().contains("there is no answer"), outcome.err());
    assertTrue(outcome.err().contains("/nonsense; /help"), outcome.err());
    JsonNode messages = new ObjectMapper().readTree(saved.toFile()).get("messages");
    assertMessage(messages, 0, "system", "Thou art a king.");
    assertMessage(messages, 1, "user", "Good morrow, \nmy lord.");
    assertEquals("assistant", messages.get(2).get("role").asText());
    assertMessage(messages, 3, "user", "And again.");
    assertEquals(5, messages.size());
    // Three answers are printed; the second is the one kept in place of the first.
    assertTrue(outcome.out().contains(messages.get(2).get("content").asText()), outcome.out());
    assertTrue(outcome.out().contains(messages.get(4).get("content").asText()), outcome.out());
  }

  @Test
  void templateDecidesWhatTheModelSees() {
    String template =
        "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system here') }}"
            + "{% endif %}{{ m.content }}{% endfor %}";
    Cli.Outcome refused =
        Cli.runWithInput(
            "Speak.\n", "chat", "-n", "2", "--chat-template", template, "-sys", "A fool.");
    assertTrue(refused.err().contains("no system here"), refused.err());
    assertEquals("", refused.out());
    Cli.Outcome spoken =
        Cli.runWithInput("Speak.\n", "chat", "-n", "2", "--chat-template", template);
    assertEquals(0, spoken.code(), spoken.err());
    assertFalse(spoken.out().isEmpty(), spoken.err());
  }

  @Test
  void fullContextIsToldAndTheChatGoesOn() {
    Cli.Outcome outcome =
        Cli.runWithInput(
            "word ".repeat(80) + "\nHail.\n", "chat", "-c", "64", "-n", "3", "-s", "1");
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(outcome.err().contains("error: "), outcome.err());
    assertFalse(outcome.out().isBlank(), outcome.err());
  }

  @Test
  void builtInTemplateIsTakenByItsName() {
    Cli.Outcome outcome =
        Cli.runWithInput("Hail.\n", "chat", "--chat-template", "llama3", "-n", "3", "-s", "1");
    assertEquals(0, outcome.code(), outcome.err());
    assertFalse(outcome.out().isBlank(), outcome.err());
  }

  @Test
  void templateThatIsAFileNameIsExplained() {
    Cli.Outcome outcome = Cli.runWithInput("x\n", "chat", "--chat-template", "llama.jinja");
    assertEquals(ExitCodes.ERROR, outcome.code());
    assertTrue(outcome.err().contains("--chat-template-file"), outcome.err());
  }

  private static void assertMessage(JsonNode messages, int index, String role, String content) {
    assertEquals(role, messages.get(index).get("role").asText());
    assertEquals(content, messages.get(index).get("content").asText());
  }
}
