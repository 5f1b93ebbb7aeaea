package dev.lamina.cli;

/** A request of the user cannot be fulfilled. The message is the line that the user sees. */
final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CliException(String message) {
    super(message);
  }

  CliException(String message, Throwable cause) {
    super(message, cause);
  }
}
