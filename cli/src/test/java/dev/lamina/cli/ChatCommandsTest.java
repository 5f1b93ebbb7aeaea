package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatCommandsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/help|HELP|''",
        "/?|HELP|''",
        "/clear |CLEAR|''",
        "/regen|REGEN|''",
        "/system|SYSTEM|''",
        "/system You are  a poet.|SYSTEM|You are  a poet.",
        "/save a b.json|SAVE|a b.json",
        "/load a.json|LOAD|a.json",
        "/exit|EXIT|''",
        "/quit|EXIT|''",
        "/bye|EXIT|''"
      })
  void knowsTheCommands(String line, ChatCommands command, String argument) {
    assertEquals(new ChatCommands.Typed(command, argument), ChatCommands.parse(line));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/usr/bin/env BRAVO: what does it do?",
        "/nonsense",
        "/",
        "//exit",
        "/exit strategies for a startup?",
        "/help me with my homework",
        "/bye bye",
        "/clear\\nthat",
        "/Exit",
        "/save.json",
        "exit",
        "tell me of /exit"
      })
  void everythingElseIsAMessage(String line) {
    assertNull(ChatCommands.parse(line));
  }

  @ParameterizedTest
  @CsvSource({"//exit, /exit", "///x, //x", "/usr, /usr", "a//b, a//b"})
  void twoSlashesAreOne(String typed, String message) {
    assertEquals(message, ChatCommands.unescape(typed));
  }

  @ParameterizedTest
  @EnumSource(ChatCommands.class)
  void helpListsEveryCommand(ChatCommands command) {
    String word = ChatCommands.words().get(command.ordinal());
    assertTrue(ChatCommands.help(false).contains(word));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "one line|false|one line|false",
        "one\\^two|false|one^two|false",
        "one\\|false|one^|true",
        "one^two\\|true|one^two|false",
        "one^two|true|one^two|true",
        "/exit|true|/exit|false",
        "one^/exit|true|one^/exit|true"
      })
  void backslashesContinueOrEnd(
      String typed, boolean multiline, String message, boolean continued) {
    String text = typed.replace('^', '\n');
    assertEquals(message.replace('^', '\n'), ChatInput.join(text, multiline));
    assertEquals(continued, ChatInput.isContinued(text, multiline));
  }
}
