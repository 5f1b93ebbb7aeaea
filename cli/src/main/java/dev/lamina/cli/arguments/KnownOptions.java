package dev.lamina.cli.arguments;

import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options that a command knows: its own, and those of llama.cpp. */
final class KnownOptions {
  /** Label of values that are texts. */
  private static final String TEXT = "TEXT";

  /**
   * An option under the name that was given.
   *
   * @param key equal for options that replace each other
   * @param name for picocli; null if the command has no such option
   * @param own the command's option; null if it has none
   * @param llama row of the table; null if there is none
   * @param takesBack whether it only undoes its opposite, and the command has only the opposite
   */
  record Match(Object key, String name, OptionSpec own, LlamaOption llama, boolean takesBack) {
    /** Smallest number of values. */
    int minArity() {
      if (own != null) {
        return own.arity().min();
      }
      return llama.mayLackValue() ? 0 : llama.arity();
    }

    /** Largest number of values. */
    int maxArity() {
      return own != null ? own.arity().max() : llama.arity();
    }

    /** Whether the value is free text. */
    boolean takesText() {
      return own != null ? own.paramLabel().equals(TEXT) : llama.value().equals(TEXT);
    }

    /** Whether every occurrence counts, not only the last one. */
    boolean isList() {
      return own != null && own.isMultiValue();
    }
  }

  private final CommandSpec command;
  private final LlamaOptions llama;

  KnownOptions(CommandSpec command, LlamaOptions llama) {
    this.command = command;
    this.llama = llama;
  }

  LlamaOptions llama() {
    return llama;
  }

  boolean takesParameters() {
    return !command.positionalParameters().isEmpty();
  }

  /** The option of a name; null if there is none. */
  Match find(String name) {
    LlamaOption row = llama.find(name);
    OptionSpec own = own(name);
    if (own != null) {
      return match(name, own, row);
    }
    if (row == null) {
      return null;
    }
    boolean positive = row.names().contains(name);
    for (String alias : positive ? row.names() : row.opposites()) {
      if (own(alias) != null) {
        return match(alias, own(alias), row);
      }
    }
    for (String opposite : positive ? row.opposites() : row.names()) {
      if (own(opposite) != null) {
        return new Match(key(own(opposite), row), null, null, row, true);
      }
    }
    return new Match(row, null, null, row, false);
  }

  private static Match match(String name, OptionSpec own, LlamaOption row) {
    return new Match(key(own, row), name, own, row, false);
  }

  /** The command's option of a name, including negated names; null if there is none. */
  private OptionSpec own(String name) {
    OptionSpec option = command.optionsMap().get(name);
    return option != null ? option : command.negatedOptionsMap().get(name);
  }

  private static Object key(OptionSpec own, LlamaOption row) {
    ArgGroupSpec group = own.group();
    if (group != null && group.exclusive() && group.validate()) {
      return group;
    }
    return row == null || row.opposites().isEmpty() ? own : row;
  }
}
