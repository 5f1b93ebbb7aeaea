package dev.lamina.cli.arguments;

/** A command, or a part of one, that has options. */
public interface OptionHolder {
  /**
   * Adds the options, in the order of the help. They are declared by calls and not by annotations,
   * because to read annotations takes Java longer than to start.
   */
  void declare(Options options);
}
