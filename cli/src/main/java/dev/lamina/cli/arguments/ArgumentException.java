package dev.lamina.cli.arguments;

/** Thrown when a command line is invalid; the message is for the user. */
public final class ArgumentException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ArgumentException(String message) {
    super(message);
  }
}
