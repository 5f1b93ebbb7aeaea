package dev.lamina.cli.arguments;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * An option of one of llama.cpp's tools.
 *
 * @param names its spellings, such as {@code -fa} and {@code --flash-attn}
 * @param opposites spellings of its opposite, such as {@code --no-perf}; empty if it has none
 * @param value the form of its value: empty for a flag, {@code N} for a number, {@code a/b} for one
 *     of these, in brackets if it is optional, several words for several values; otherwise any text
 * @param off the value that has no effect; null if there is none
 * @param variable environment variable with its default; empty if there is none
 * @param reason why it is in this state, as part of a sentence
 */
public record LlamaOption(
    List<String> names,
    List<String> opposites,
    String value,
    String off,
    String variable,
    OptionState state,
    String reason) {
  private static final String PREFIX = "LLAMA_ARG_";

  /** Reads a row of the table after its commands. */
  static LlamaOption parse(String[] cells, OptionState state, String reason) {
    List<String> names = new ArrayList<>();
    List<String> opposites = new ArrayList<>();
    List<String> current = names;
    for (String name : cells[1].split(" ", -1)) {
      if (name.equals("/")) {
        current = opposites;
      } else {
        current.add(name);
      }
    }
    String value = cells.length > 2 ? cells[2] : "";
    int equals =
        value.startsWith("NAME=") || value.startsWith("KEY=") || value.startsWith("REGEX=")
            ? -1
            : value.indexOf('=');
    return new LlamaOption(
        List.copyOf(names),
        List.copyOf(opposites),
        equals < 0 ? value : value.substring(0, equals),
        equals < 0 ? null : value.substring(equals + 1),
        cells.length > 3 ? PREFIX + cells[3] : "",
        state,
        reason);
  }

  /** All spellings, those of the opposite too. */
  public Stream<String> spellings() {
    return Stream.concat(names.stream(), opposites.stream());
  }

  boolean isFlag() {
    return value.isEmpty();
  }

  boolean mayLackValue() {
    return value.startsWith("[");
  }

  /** Number of values. */
  int arity() {
    return isFlag() ? 0 : 1 + (int) value.chars().filter(c -> c == ' ').count();
  }

  /** The variable that sets its opposite; empty if there is none. */
  String oppositeVariable() {
    return variable.isEmpty() || opposites.isEmpty()
        ? ""
        : PREFIX + "NO_" + variable.substring(PREFIX.length());
  }

  /** Whether a value is valid. */
  boolean takes(String text) {
    if (value.equals("N")) {
      return isNumber(text);
    }
    List<String> choices = choices();
    return choices.isEmpty()
        || choices.contains(text.toLowerCase(Locale.ROOT))
        || choices.contains("on") && Switches.of(text) != null;
  }

  /** The words that are valid values; empty if any value is. */
  List<String> choices() {
    String inner = mayLackValue() ? value.substring(1, value.length() - 1) : value;
    return inner.indexOf('/') < 0 || inner.indexOf('(') >= 0
        ? List.of()
        : List.of(inner.split("/", -1));
  }

  /** A description of valid values, for errors. */
  String expected() {
    return value.equals("N") ? "a number" : "one of " + String.join(", ", choices());
  }

  private static boolean isNumber(String text) {
    try {
      Double.parseDouble(text);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
