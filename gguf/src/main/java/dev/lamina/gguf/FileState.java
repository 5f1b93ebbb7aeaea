package dev.lamina.gguf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

/**
 * Size and time of a file when it was opened, to notice changes.
 *
 * @param path of the file
 * @param name fit for messages
 * @param bytes its size
 * @param modified when it was last written
 */
record FileState(Path path, String name, long bytes, FileTime modified) {

  static FileState of(Path path, String name, long bytes) throws IOException {
    return new FileState(path, name, bytes, Files.getLastModifiedTime(path));
  }

  /** Whether the file has changed since. */
  boolean hasChanged() {
    try {
      return Files.size(path) != bytes || !Files.getLastModifiedTime(path).equals(modified);
    } catch (IOException e) {
      return true;
    }
  }

  /** The reason that the file cannot be read any more. */
  String reason() {
    try {
      long now = Files.size(path);
      if (now != bytes) {
        return "the file changed while it was in use, from %,d to %,d bytes; start again when it is complete"
            .formatted(bytes, now);
      }
      if (!Files.getLastModifiedTime(path).equals(modified)) {
        return "the file changed while it was in use; start again when it is complete";
      }
      return "its disk or network drive failed";
    } catch (NoSuchFileException e) {
      return "the file was removed while it was in use";
    } catch (IOException e) {
      return "its disk or network drive failed (" + Printable.escape(e.toString()) + ")";
    }
  }
}
