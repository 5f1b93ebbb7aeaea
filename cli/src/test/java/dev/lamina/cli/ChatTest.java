package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code lamina chat} on the embedded model, with lines piped in. */
class ChatTest {
  @Test
  void turnsAndCommands(@TempDir Path folder) throws IOException {
    Path saved = folder.resolve("saved.json");
    Cli.Outcome outcome =
        Cli.runWithInput(
            """
            /regen
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
  void whatIsNoCommandIsAMessage(@TempDir Path folder) throws IOException {
    Path saved = folder.resolve("saved.json");
    String input =
        "/usr/bin/env is what?\n//bye\n/nonsense\n/save %s\n/bye\nnot read\n".formatted(saved);
    Cli.Outcome outcome = Cli.runWithInput(input, "chat", "-n", "1", "-s", "1");
    assertEquals(0, outcome.code(), outcome.err());
    JsonNode messages = new ObjectMapper().readTree(saved.toFile()).get("messages");
    assertMessage(messages, 0, "user", "/usr/bin/env is what?");
    assertMessage(messages, 2, "user", "/bye");
    assertMessage(messages, 4, "user", "/nonsense");
    assertEquals(6, messages.size());
  }

  @Test
  void aSavedConversationGoesOn(@TempDir Path folder) throws IOException {
    Path saved = folder.resolve("saved.json");
    Path again = folder.resolve("again.json");
    Cli.runWithInput("One.\n/save " + saved + "\n", "chat", "-n", "2", "-s", "1", "-sys", "S");
    Cli.Outcome outcome =
        Cli.runWithInput(
            "/load %s\nTwo.\n/save %s\n/load nothing\n".formatted(saved, again), "chat", "-n", "2");
    assertEquals(ExitCodes.ERROR, outcome.code(), outcome.err());
    assertTrue(outcome.err().contains("file nothing does not exist"), outcome.err());
    JsonNode messages = new ObjectMapper().readTree(again.toFile()).get("messages");
    assertMessage(messages, 0, "system", "S");
    assertMessage(messages, 1, "user", "One.");
    assertMessage(messages, 3, "user", "Two.");
    Cli.Outcome option =
        Cli.run("chat", "--load", again.toString(), "-p", "Three.", "-st", "-n", "1");
    assertEquals(0, option.code(), option.err());
    assertTrue(option.err().contains("loaded 5 messages"), option.err());
  }

  @Test
  void theStateIsSavedBesideTheMessages(@TempDir Path folder) throws IOException {
    Path saved = folder.resolve("saved.json");
    Path state = folder.resolve("saved.json.state");
    String typed = "Good morrow, my noble lord.\n/save " + saved + "\nAnd thou?\n";
    String[] options = {"chat", "-n", "4", "--temp", "0"};
    Cli.Outcome whole = Cli.runWithInput(typed, options);
    assertEquals(0, whole.code(), whole.err());
    assertTrue(
        whole.err().matches("(?s).*saved 2 messages to .*, and the state of \\d+ tokens to .*"),
        whole.err());
    String answer = whole.out().lines().skip(1).collect(Collectors.joining("\n"));
    String[] load = concat(options, "--load", saved.toString());

    Cli.Outcome loaded = Cli.runWithInput("And thou?\n", load);
    assertEquals(0, loaded.code(), loaded.err());
    assertTrue(
        loaded
            .err()
            .matches("(?s).*loaded 2 messages from .*, and the state of \\d+ tokens from .*"),
        loaded.err());
    assertEquals(answer.strip(), loaded.out().strip());

    Cli.Outcome other = Cli.runWithInput("And thou?\n", concat(load, "-ctk", "f32"));
    assertTrue(other.err().contains("another type of cache"), other.err());

    byte[] bytes = Files.readAllBytes(state);
    bytes[bytes.length / 2] ^= 1;
    Files.write(state, bytes);
    Cli.Outcome damaged = Cli.runWithInput("/load " + saved + "\nAnd thou?\n", options);
    assertEquals(0, damaged.code(), damaged.err());
    assertTrue(
        damaged.err().contains("loaded 2 messages from " + saved + ", without their state: "),
        damaged.err());
    assertEquals(answer.strip(), damaged.out().strip());
  }

  @Test
  void aStateReplacesNoOtherFile(@TempDir Path folder) throws IOException {
    Path saved = folder.resolve("saved.json");
    Path state = Files.writeString(folder.resolve("saved.json.state"), "precious");
    Cli.Outcome outcome = Cli.runWithInput("One.\n/save " + saved + "\n", "chat", "-n", "2");
    assertEquals(ExitCodes.ERROR, outcome.code(), outcome.err());
    assertTrue(outcome.err().contains("saved 2 messages"), outcome.err());
    assertTrue(outcome.err().contains("is no saved state"), outcome.err());
    assertEquals("precious", Files.readString(state));
    // Nothing was evaluated for these messages, so there is no state.
    Path empty = folder.resolve("empty.json");
    Cli.runWithInput("One.\n/clear\n/save " + empty + "\n", "chat", "-n", "2");
    assertTrue(Files.exists(empty));
    assertFalse(Files.exists(folder.resolve("empty.json.state")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"no json", "{}", "{\"messages\": [{}]}", "[{\"role\": \"user\", \"content\": 1}]"})
  void whatIsNoConversationIsRefused(String text, @TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("c.json"), text);
    Cli.Outcome outcome = Cli.run("chat", "--load", file.toString(), "-p", "x", "-st", "-n", "1");
    assertEquals(ExitCodes.ERROR, outcome.code(), outcome.err());
    assertTrue(outcome.err().contains("is no conversation"), outcome.err());
  }

  @Test
  void firstMessageAndSingleTurn() {
    Cli.Outcome first =
        Cli.runWithInput("not read\n", "chat", "-p", "Hail.", "-st", "-n", "3", "-s", "1");
    assertEquals(0, first.code(), first.err());
    assertEquals(1, first.out().strip().lines().count(), first.out());
    Cli.Outcome typed =
        Cli.runWithInput("Hail.\nnot answered\n", "chat", "--single-turn", "-n", "3", "-s", "1");
    assertEquals(first.out(), typed.out());
    assertTrue(first.err().contains("(-n 3)"), first.err());
    Cli.Outcome lines =
        Cli.runWithInput("Hail,\nking.\\\n/bye\n", "chat", "-mli", "-n", "3", "--temp", "0");
    Cli.Outcome one = Cli.run("chat", "-p", "Hail,\\nking.", "-st", "-n", "3", "--temp", "0");
    assertEquals(one.out(), lines.out());
  }

  @Test
  void aSystemPromptThatTheTemplateRefusesGoesToTheUser() {
    String template =
        "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system here') }}"
            + "{% endif %}{{ m.content }}{% endfor %}";
    String[] options = {"chat", "-n", "8", "--temp", "0", "--chat-template", template};
    String merged = Cli.runWithInput("A fool.\\\nSpeak.\n", options).out();
    Cli.Outcome adapted = Cli.runWithInput("Speak.\n", concat(options, "-sys", "A fool."));
    assertEquals(0, adapted.code(), adapted.err());
    assertEquals(merged, adapted.out());
  }

  @Test
  void aTemplateThatDropsTheMessageIsAnError() {
    Cli.Outcome outcome = Cli.runWithInput("x\n", "chat", "--chat-template", "{{ 'User:' }}");
    assertEquals(ExitCodes.ERROR, outcome.code());
    assertTrue(outcome.err().contains("does not reach the prompt"), outcome.err());
    assertTrue(outcome.err().contains("--chat-template names another"), outcome.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1]", "null", "{", "x"})
  void variablesMustBeAnObject(String json) {
    Cli.Outcome outcome = Cli.runWithInput("x\n", "chat", "--chat-template-kwargs", json);
    assertEquals(ExitCodes.USAGE, outcome.code());
    assertTrue(outcome.err().contains("--chat-template-kwargs takes a JSON object"), outcome.err());
  }

  @Test
  void variablesReachTheTemplate() {
    String template =
        "{% if enable_thinking is defined and not enable_thinking and b.c == [1] %}yes"
            + "{% else %}{{ raise_exception('no') }}{% endif %}{{ messages[0].content }}";
    String[] options = {"chat", "-p", "x", "-st", "-n", "1", "--chat-template", template};
    String variables = "{\"b\": {\"c\": [1]}, \"n\": null";
    assertEquals(
        0,
        Cli.run(
                concat(
                    options, "--chat-template-kwargs", variables + ", \"enable_thinking\": false}"))
            .code());
    assertEquals(
        0,
        Cli.run(concat(options, "--reasoning", "off", "--chat-template-kwargs", variables + "}"))
            .code());
    Cli.Outcome on =
        Cli.run(concat(options, "--reasoning", "on", "--chat-template-kwargs", variables + "}"));
    assertEquals(ExitCodes.ERROR, on.code(), on.err());
  }

  @ParameterizedTest
  @CsvSource({"--reasoning-budget, -2", "--reasoning-format, xml", "--reasoning, maybe"})
  void reasoningOptionsAreChecked(String option, String value) {
    Cli.Outcome outcome = Cli.run("chat", option, value);
    assertEquals(ExitCodes.USAGE, outcome.code(), outcome.err());
    assertTrue(outcome.err().contains(option), outcome.err());
  }

  @Test
  void aMessageThatDoesNotFitIsToldAndTheChatGoesOn() {
    Cli.Outcome outcome =
        Cli.runWithInput(
            "word ".repeat(80) + "\nHail.\n", "chat", "-c", "64", "-n", "3", "-s", "1");
    assertEquals(ExitCodes.ERROR, outcome.code(), outcome.err());
    assertTrue(outcome.err().contains("error: "), outcome.err());
    assertTrue(outcome.err().contains("1 failure"), outcome.err());
    assertFalse(outcome.out().isBlank(), outcome.err());
  }

  @Test
  void aConversationLongerThanTheContextGoesOn(@TempDir Path folder) throws IOException {
    Path saved = folder.resolve("saved.json");
    String input =
        IntStream.range(0, 12)
            .mapToObj(i -> i + " Good morrow, my noble lord.\n")
            .collect(Collectors.joining());
    Cli.Outcome outcome =
        Cli.runWithInput(
            input + "/save " + saved + "\n", "chat", "-c", "160", "-n", "20", "-sys", "Speak.");
    assertEquals(0, outcome.code(), outcome.err());
    assertEquals(1, outcome.err().split("no longer sees the oldest turns", -1).length - 1);
    // All messages are saved, even those that the model no longer sees.
    JsonNode messages = new ObjectMapper().readTree(saved.toFile()).get("messages");
    assertEquals(25, messages.size());
  }

  @Test
  void anAnswerThatFillsTheContextGoesOnWithoutTheOldestTurns() {
    String ending = "Good morrow, my noble lord.\n";
    Cli.Outcome outcome =
        Cli.runWithInput(
            ending.repeat(3), "chat", "-c", "128", "-n", "60", "-l", "0-inf", "-s", "3");
    assertEquals(0, outcome.code(), outcome.err());
    assertFalse(outcome.err().contains("is full"), outcome.err());
    assertTrue(outcome.err().contains("no longer sees"), outcome.err());
    Cli.Outcome alone =
        Cli.runWithInput(ending, "chat", "-c", "64", "-n", "500", "-s", "3", "-l", "0-inf");
    assertTrue(alone.err().contains("is full"), alone.err());
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

  private static String[] concat(String[] first, String... more) {
    String[] all = Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return all;
  }

  private static void assertMessage(JsonNode messages, int index, String role, String content) {
    assertEquals(role, messages.get(index).get("role").asText());
    assertEquals(content, messages.get(index).get("content").asText());
  }
}
