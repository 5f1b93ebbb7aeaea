package dev.lamina.gguf.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/**
 * A file that people watch while it grows and want to have after a crash: it is written under its
 * own name from the start.
 */
public final class LogFile {
  private LogFile() {}

  /**
   * Empties or makes the file.
   *
   * @param inputs files that must stay
   * @return not buffered; the caller closes it
   * @throws OutputException if it cannot be written, or is one of the inputs
   */
  public static OutputStream open(Path target, Collection<Path> inputs) throws OutputException {
    PendingFiles.check(target, inputs);
    try {
      return Files.newOutputStream(target);
    } catch (IOException e) {
      throw OutputException.of(target, e);
    }
  }
}
