package dev.lamina.cli;

import java.util.List;

/**
 * The commands that a user can type in a chat. Only these words are commands, and commands without
 * an argument must stand alone. Everything else that begins with a slash is a message.
 */
enum ChatCommands {
  HELP("/help", "", "show this"),
  CLEAR("/clear", "", "forget the conversation; the system prompt stays"),
  REGEN("/regen", "", "answer the last message anew"),
  SYSTEM("/system", "TEXT", "set the system prompt; without TEXT, none"),
  SAVE("/save", "FILE", "write the conversation to a file, as JSON, and its state to FILE.state"),
  LOAD("/load", "FILE", "go on with a conversation that was saved, with its state if it is there"),
  EXIT("/exit", "", "leave, as /bye, /quit and Ctrl-D do");

  private static final List<String> ALSO_EXIT = List.of("/bye", "/quit");
  private static final List<String> ALSO_HELP = List.of("/?");

  private final String word;
  private final String argument;
  private final String description;

  ChatCommands(String word, String argument, String description) {
    this.word = word;
    this.argument = argument;
    this.description = description;
  }

  /**
   * A line that is a command.
   *
   * @param argument the text after the word, or empty
   */
  record Typed(ChatCommands command, String argument) {}

  /** The command that a line is, or null if it is a message. */
  static Typed parse(String line) {
    String[] words = line.strip().split("\\s+", 2);
    String rest = words.length > 1 ? words[1] : "";
    for (ChatCommands command : values()) {
      if (command.isCalled(words[0]) && (rest.isEmpty() || !command.argument.isEmpty())) {
        return new Typed(command, rest);
      }
    }
    return null;
  }

  static boolean isCommand(String line) {
    return parse(line) != null;
  }

  /** The text of a message. Two slashes at its start mean one slash that is no command. */
  static String unescape(String message) {
    return message.startsWith("//") ? message.substring(1) : message;
  }

  private boolean isCalled(String typed) {
    return typed.equals(word)
        || this == EXIT && ALSO_EXIT.contains(typed)
        || this == HELP && ALSO_HELP.contains(typed);
  }

  /** All words, for completion. */
  static List<String> words() {
    return java.util.Arrays.stream(values()).map(command -> command.word).toList();
  }

  /** The text of {@code /help}. */
  static String help(boolean multiline) {
    StringBuilder help = new StringBuilder();
    for (ChatCommands command : values()) {
      help.append(
          "%-13s %s%n".formatted(command.word + " " + command.argument, command.description));
    }
    help.append("%-13s %s%n".formatted("//...", "a message that begins with /..."));
    help.append(
        multiline
            ? "A line that ends in \\ ends the message."
            : "A line that ends in \\ goes on in the next one.");
    return help.append(" Ctrl-C ends an answer.\n").toString();
  }
}
