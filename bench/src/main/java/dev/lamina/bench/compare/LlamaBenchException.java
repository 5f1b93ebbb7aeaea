package dev.lamina.bench.compare;

/** A program of llama.cpp cannot be run, or does not do as expected. The message is one line. */
public final class LlamaBenchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LlamaBenchException(String message) {
    super(message);
  }

  LlamaBenchException(String message, Throwable cause) {
    super(message, cause);
  }
}
