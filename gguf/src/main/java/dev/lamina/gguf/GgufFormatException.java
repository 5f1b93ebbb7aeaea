package dev.lamina.gguf;

/**
 * The file is not a GGUF file that can be read. The message is one line: file, key or tensor, what
 * was expected.
 */
public final class GgufFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public GgufFormatException(String message) {
    super(message);
  }

  public GgufFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
