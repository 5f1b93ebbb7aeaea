package dev.lamina.engine.backend;

/** An operation failed on a device. The message is one line: the operation, sizes and status. */
public sealed class BackendException extends RuntimeException
    permits MemoryException, MissingModuleException {
  private static final long serialVersionUID = 1L;

  public BackendException(String message) {
    super(message);
  }

  public BackendException(String message, Throwable cause) {
    super(message, cause);
  }
}
