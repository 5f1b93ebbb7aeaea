package dev.lamina.gguf.output;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;

/**
 * Where an output goes.
 *
 * @param name as the caller gave it
 * @param file absolute, with links followed; it may not exist yet
 * @param exists whether there is a file to replace
 * @param device whether it is a device or a pipe, which is written to and never replaced
 */
record Target(Path name, Path file, boolean exists, boolean device) {
  private static final int MAX_LINKS = 40;

  /** Longer names would leave no room for what a temporary name adds. */
  private static final int MAX_PREFIX = 150;

  /**
   * @throws OutputException if nothing can be written there
   */
  static Target of(Path name) throws OutputException {
    try {
      return resolve(name);
    } catch (IOException e) {
      throw OutputException.of(name, e);
    }
  }

  private static Target resolve(Path name) throws IOException {
    Path file = name.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(file); links++) {
      if (links == MAX_LINKS) {
        throw new FileSystemException(name.toString(), null, "it is a link that leads nowhere");
      }
      file = file.resolveSibling(Files.readSymbolicLink(file));
    }
    BasicFileAttributes attributes = attributes(name);
    if (attributes == null) {
      Path folder = file.getParent();
      if (folder == null || !Files.isDirectory(folder)) {
        throw new NoSuchFileException(String.valueOf(folder));
      }
      return new Target(name, file, false, false);
    }
    if (attributes.isDirectory()) {
      throw new OutputException("'" + name + "' is a folder; name a file");
    }
    if (!Files.isWritable(name)) {
      throw new AccessDeniedException(name.toString());
    }
    return new Target(name, file, true, attributes.isOther());
  }

  /** Those of the file that links lead to; null if there is none. */
  private static BasicFileAttributes attributes(Path name) throws IOException {
    try {
      return Files.readAttributes(name, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  Path folder() {
    return file.getParent();
  }

  /** A new name beside the file, of plain letters, which fits every locale and file system. */
  Path hidden() {
    return file.resolveSibling("." + prefix() + "." + UUID.randomUUID());
  }

  /** The same for a file that users may watch while it grows. */
  Path visible() {
    return file.resolveSibling(prefix() + "." + UUID.randomUUID() + ".part");
  }

  private String prefix() {
    String prefix = file.getFileName().toString();
    return prefix.matches("[ -~]{1," + MAX_PREFIX + "}") ? prefix : "lamina";
  }
}
