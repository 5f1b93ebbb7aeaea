package dev.lamina.cli;

/** What the user asked for cannot be done. The message is the one line that the user sees. */
final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CliException(String message) {
    super(message);
  }

  CliException(String message, Throwable cause) {
    super(message, cause);
  }
}
