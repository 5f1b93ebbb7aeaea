package dev.lamina.cli;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Standard output takes no more: its reader has gone, or the disk is full. */
final class OutputClosedException extends UncheckedIOException {
  private static final long serialVersionUID = 1L;

  OutputClosedException(IOException cause) {
    super(cause);
  }

  /** Whether the reader of a pipe has gone, about which nothing needs to be said. */
  boolean isBrokenPipe() {
    String reason = getCause().getMessage();
    return reason != null && (reason.contains("Broken pipe") || reason.contains("pipe is being"));
  }
}
