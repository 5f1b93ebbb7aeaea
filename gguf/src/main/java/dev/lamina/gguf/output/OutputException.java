package dev.lamina.gguf.output;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** A file cannot be written, or must not. The message is one line that says what to do. */
public final class OutputException extends IOException {
  private static final long serialVersionUID = 1L;

  OutputException(String message) {
    super(message);
  }

  private OutputException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * The line for an error of the file system.
   *
   * @param target the file as the caller named it
   */
  public static OutputException of(Path target, IOException cause) {
    return cause instanceof OutputException known
        ? known
        : new OutputException("cannot write " + target + ": " + reason(target, cause), cause);
  }

  private static String reason(Path target, IOException cause) {
    return switch (cause) {
      case AccessDeniedException _ -> "permission denied; name another folder";
      case NoSuchFileException none -> "there is no folder " + folder(target, none.getFile());
      case FileSystemException known when known.getReason() != null -> advised(known.getReason());
      default -> cause.getMessage() == null ? cause.toString() : advised(cause.getMessage());
    };
  }

  /** What is missing: a folder, or the folder of the file itself. */
  private static Path folder(Path target, String missing) {
    Path path = Path.of(missing);
    Path parent = path.toAbsolutePath().getParent();
    return path.endsWith(target.getFileName()) && parent != null ? parent : path;
  }

  private static String advised(String reason) {
    String words = reason.toLowerCase(Locale.ROOT);
    boolean full = words.contains("space") || words.contains("large") || words.contains("quota");
    return reason + (full ? "; free some space, or name another folder" : "; name another file");
  }
}
