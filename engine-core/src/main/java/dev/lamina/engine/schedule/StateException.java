package dev.lamina.engine.schedule;

/** A file that should hold a saved state cannot be used. The message is one line. */
public final class StateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StateException(String message) {
    super(message);
  }

  StateException(String message, Throwable cause) {
    super(message, cause);
  }
}
