package dev.lamina.engine.gguf;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Files that are written beside their targets and take the targets' names, replacing files of these
 * names, when all are written. What has not taken its name is deleted at the end.
 */
final class PendingFiles implements AutoCloseable {
  @FunctionalInterface
  interface Content {
    /** Writes the whole file. */
    void writeTo(FileChannel channel) throws IOException;
  }

  /** Temporary files by their targets. */
  private final Map<Path, Path> pending = new LinkedHashMap<>();

  void write(Path target, Content content) throws IOException {
    Path file = Files.isSymbolicLink(target) ? target.toRealPath() : target.toAbsolutePath();
    if (!Files.isDirectory(file.getParent())) {
      throw new NoSuchFileException(file.getParent().toString(), null, "no such directory");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new FileSystemException(target.toString(), null, "is not a file");
    }
    Path temporary = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
    pending.put(file, temporary);
    if (temporary.getFileSystem().equals(FileSystems.getDefault())) {
      temporary.toFile().deleteOnExit(); // when the user interrupts the program
    }
    try (FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      content.writeTo(channel);
      channel.force(true); // or a power cut could leave the name without the data
    }
  }

  /** Gives all files their names, or none. */
  void commit() throws IOException {
    List<Path> done = new ArrayList<>();
    try {
      for (Map.Entry<Path, Path> file : pending.entrySet()) {
        Files.move(file.getValue(), file.getKey(), StandardCopyOption.ATOMIC_MOVE);
        done.add(file.getKey());
      }
    } catch (IOException e) {
      for (Path file : done) {
        Files.deleteIfExists(file); // parts without the others are of no use
      }
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    for (Path temporary : pending.values()) {
      Files.deleteIfExists(temporary);
    }
  }
}
