package dev.lamina.cli;

import dev.lamina.engine.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What can be wrong with files that are written. */
final class OutputFiles {
  private static final long MEGA = 1_000_000;
  private static final String ADVICE = "; free some space, or name another folder";

  private OutputFiles() {}

  /**
   * @throws CliException if the file would replace one of the source
   */
  static void check(Path output, GgufFile source) throws IOException {
    if (source.isReadFrom(output)) {
      throw new CliException(output + " is the file that is read; name another for the result");
    }
  }

  /**
   * Finds out before a long computation that its result could not be written.
   *
   * @throws CliException if there can be no such file
   */
  static void probe(Path output) {
    if (Files.isDirectory(output)) {
      throw new CliException(output + " is a folder; name a file");
    }
    Path folder = output.toAbsolutePath().getParent();
    try {
      if (!Files.isDirectory(folder)) {
        throw new NoSuchFileException(folder.toString());
      }
      Files.delete(Files.createTempFile(folder, ".lamina", ".part"));
    } catch (IOException e) {
      throw failed(output, e);
    }
  }

  /** The one line for an error while a file was written; nothing of it is left. */
  static CliException failed(Path output, IOException e) {
    String reason =
        switch (e) {
          case AccessDeniedException _ -> "permission denied; name another folder";
          case NoSuchFileException none -> "there is no folder " + folder(none.getFile(), output);
          case FileSystemException known when known.getReason() != null ->
              known.getReason() + ADVICE;
          default -> e.getMessage() + ADVICE;
        };
    return new CliException("cannot write " + output + ": " + reason, e);
  }

  /** What is missing: a folder, or that of the file itself. */
  private static Path folder(String missing, Path output) {
    Path path = Path.of(missing);
    return path.equals(output) ? path.toAbsolutePath().getParent() : path;
  }

  /**
   * Bytes of a size as gguf-split takes it, {@code 500M} or {@code 2G}, in powers of 1000.
   *
   * @throws IllegalArgumentException if it is not of this form
   */
  static long size(String option, String text) {
    if (!text.matches("[1-9][0-9]{0,8}[MG]")) {
      throw new IllegalArgumentException(
          option + " is '" + text + "', expected megabytes or gigabytes such as 500M or 50G");
    }
    long number = Long.parseLong(text.substring(0, text.length() - 1));
    return number * (text.endsWith("G") ? 1000 * MEGA : MEGA);
  }
}
