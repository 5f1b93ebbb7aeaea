package dev.lamina.gguf.output;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file or folder that only this user can read; it is deleted when this object is closed or the
 * JVM ends.
 */
public final class Temporary implements AutoCloseable {
  private final Path path;
  private final AtExit atExit;
  private boolean kept;

  private Temporary(Path path) throws IOException {
    this.path = path;
    try {
      atExit = new AtExit(this::deleteAtExit);
    } catch (OutputException e) {
      delete();
      throw e;
    }
  }

  /** An empty file in the system's folder for temporary files. */
  public static Temporary file(String prefix, String suffix) throws IOException {
    return new Temporary(Files.createTempFile(prefix, suffix));
  }

  /** An empty file in a folder. */
  public static Temporary file(Path folder, String prefix, String suffix) throws IOException {
    return new Temporary(Files.createTempFile(folder, prefix, suffix));
  }

  /** An empty folder in the system's folder for temporary files. */
  public static Temporary folder(String prefix) throws IOException {
    return new Temporary(Files.createTempDirectory(prefix));
  }

  public Path path() {
    return path;
  }

  /** Keeps the file or folder, for the user to look at. */
  public Path keep() {
    kept = true;
    return path;
  }

  private void deleteAtExit() {
    try {
      delete();
    } catch (IOException e) {
      // There is nobody left to tell; the system clears its temporary files itself.
      return;
    }
  }

  private void delete() throws IOException {
    if (Files.isDirectory(path)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
    }
    Files.deleteIfExists(path);
  }

  /**
   * Deletes it.
   *
   * @throws IOException if the system does not let go of a file in use; the JVM's end tries again
   */
  @Override
  public void close() throws IOException {
    if (!kept) {
      delete();
    }
    atExit.close();
  }
}
