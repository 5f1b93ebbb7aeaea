package dev.lamina.cli.arguments;

import java.util.Locale;

/** Words for yes and no, as llama.cpp reads them. */
final class Switches {
  private Switches() {}

  /** The value of a word; null if it is neither yes nor no. */
  static Boolean of(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "on", "enabled", "true", "1" -> true;
      case "off", "disabled", "false", "0" -> false;
      default -> null;
    };
  }
}
