package dev.lamina.kernels.quantize;

/** The weights of a block are too large for the type: its scale would exceed F16. */
public final class ScaleRangeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ScaleRangeException(String message) {
    super(message);
  }
}
