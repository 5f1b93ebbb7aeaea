package dev.lamina.quantize;

/** The model cannot be quantized as asked. The message is one line that says what to do. */
public final class QuantizeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public QuantizeException(String message) {
    super(message);
  }

  public QuantizeException(String message, Throwable cause) {
    super(message, cause);
  }
}
