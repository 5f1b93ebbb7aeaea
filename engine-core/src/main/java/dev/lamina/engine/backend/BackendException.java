package dev.lamina.engine.backend;

/**
 * A device could not do what was asked of it. The message is one line: the operation, sizes and
 * status.
 */
public sealed class BackendException extends RuntimeException permits MemoryException {
  private static final long serialVersionUID = 1L;

  public BackendException(String message) {
    super(message);
  }

  public BackendException(String message, Throwable cause) {
    super(message, cause);
  }
}
