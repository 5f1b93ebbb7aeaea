package dev.lamina.cli;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Thrown when standard output cannot be written: its reader is gone, or the disk is full. */
final class OutputClosedException extends UncheckedIOException {
  private static final long serialVersionUID = 1L;

  OutputClosedException(IOException cause) {
    super(cause);
  }

  /** Whether the reader of a pipe is gone, which needs no message. */
  boolean isBrokenPipe() {
    String reason = getCause().getMessage();
    return reason != null && (reason.contains("Broken pipe") || reason.contains("pipe is being"));
  }
}
