package dev.lamina.cli.arguments;

/** A command line that no command can be run with; the message is for the user. */
public final class ArgumentException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ArgumentException(String message) {
    super(message);
  }
}
