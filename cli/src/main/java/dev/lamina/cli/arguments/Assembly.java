package dev.lamina.cli.arguments;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the effective options for picocli, and the messages about the others. */
final class Assembly {
  private final List<Use> defaults;
  private final List<String> words = new ArrayList<>();
  private final Map<String, String> own = new LinkedHashMap<>();
  private final List<String> remarks = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> variables = new ArrayList<>();

  /**
   * @param defaults options from environment variables
   */
  Assembly(List<Use> defaults) {
    this.defaults = List.copyOf(defaults);
  }

  /**
   * Adds an option.
   *
   * @throws ArgumentException if the option cannot be used
   */
  void add(Use use) {
    if (defaults.contains(use)) {
      variables.add(
          use.values().isEmpty() ? use.given() : use.given() + "=" + use.values().getFirst());
    }
    if (use.option().own() != null) {
      addOwn(use);
    } else if (!use.option().takesBack()) {
      addLlama(use, use.option().llama());
    }
  }

  private void addOwn(Use use) {
    String name = use.option().name();
    List<String> values = use.values();
    if (values.size() < use.option().minArity()) {
      throw new ArgumentException(
          "%s is the last word, and its value is missing (%s)"
              .formatted(name, use.option().own().paramLabel()));
    }
    if (values.size() == 1) {
      words.add(name + "=" + values.getFirst());
    } else {
      words.add(name);
      words.addAll(values);
    }
  }

  private void addLlama(Use use, LlamaOption option) {
    check(use, option);
    String value = String.join(" ", use.values());
    if (value.equals(option.off()) && !use.values().isEmpty()) {
      remarks.add(use.given() + " " + value + " asks for nothing");
      return;
    }
    switch (option.state()) {
      case WORKS -> own.put(option.names().getFirst(), value);
      case NO_EFFECT -> remarks.add(use.given() + " has no effect: " + option.reason());
      case IGNORED -> warnings.add(use.given() + " does nothing yet: " + option.reason());
      case ELSEWHERE ->
          throw new ArgumentException(use.given() + " is not for this command: " + option.reason());
      case NOT_YET ->
          throw new ArgumentException(use.given() + " is not supported yet: " + option.reason());
    }
  }

  private static void check(Use use, LlamaOption option) {
    if (option.isFlag()) {
      if (!use.values().isEmpty()) {
        throw new ArgumentException(use.given() + " takes no value");
      }
      return;
    }
    if (use.values().size() < option.arity() && !option.mayLackValue()) {
      throw new ArgumentException(
          "%s is the last word, and its value is missing (%s)"
              .formatted(use.given(), option.value()));
    }
    for (String value : use.values()) {
      if (!option.takes(value)) {
        throw new ArgumentException(
            "%s is '%s', expected %s".formatted(use.given(), value, option.expected()));
      }
    }
  }

  /**
   * The assembled command line.
   *
   * @param rest parameters, and words that are unknown
   */
  Arguments finish(List<String> rest) {
    words.addAll(rest);
    return new Arguments(words, own, remarks, warnings, variables);
  }
}
