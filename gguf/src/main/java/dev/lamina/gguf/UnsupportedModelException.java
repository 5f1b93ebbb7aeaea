package dev.lamina.gguf;

/**
 * The file is a valid GGUF file of a model that cannot be run. The message is one line and says
 * what to do.
 */
public final class UnsupportedModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnsupportedModelException(String message) {
    super(message);
  }
}
