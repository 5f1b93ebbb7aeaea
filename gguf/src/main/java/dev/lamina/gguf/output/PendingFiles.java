package dev.lamina.gguf.output;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Files that a program writes. They are written beside their targets and take the targets' names,
 * replacing files of these names, when all are complete. If an error, a full disk or Ctrl-C ends
 * the work before that, the targets stay as they were and nothing else is left behind.
 *
 * <p>A replaced file's mode is kept, and its owner where the system allows that. A symbolic link
 * stays, and the file that it leads to is replaced. A device or a pipe is written to directly.
 */
public final class PendingFiles implements AutoCloseable {
  /** What a file consists of. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes the whole file.
     *
     * @param channel takes each piece whole
     */
    void writeTo(WritableByteChannel channel) throws IOException;
  }

  private final List<PendingFile> files = new ArrayList<>();
  private final AtExit atExit;
  private boolean ended;

  /**
   * @throws OutputException if the JVM is ending
   */
  public PendingFiles() throws OutputException {
    atExit = new AtExit(this::end);
  }

  /**
   * Checks before a long computation whether its result can be written.
   *
   * @param inputs files that must stay; those that do not exist count by their names
   * @throws OutputException if it cannot, or if the target is one of the inputs, by another name or
   *     link for instance
   */
  public static void check(Path target, Collection<Path> inputs) throws OutputException {
    Target checked = Target.of(target);
    if (checked.device()) {
      return;
    }
    try {
      for (Path input : inputs) {
        if (isSame(checked, input)) {
          String known = input.equals(target) ? "" : " as " + input;
          throw new OutputException(
              target + " is the file that is read" + known + "; name another for the result");
        }
      }
      try (PendingFiles probe = new PendingFiles()) {
        probe.create(checked, checked.hidden());
      }
    } catch (IOException e) {
      throw OutputException.of(target, e);
    }
  }

  private static boolean isSame(Target target, Path input) throws IOException {
    return target.exists()
        ? Files.exists(input) && Files.isSameFile(target.file(), input)
        : target.file().normalize().equals(input.toAbsolutePath().normalize());
  }

  /** Whether there is a device or a pipe of this name, which keeps nothing that could be read. */
  public static boolean isDevice(Path target) {
    return Files.exists(target) && !Files.isRegularFile(target) && !Files.isDirectory(target);
  }

  /** Bytes that a target can take before the disk is full. */
  public static long usableSpace(Path target) throws OutputException {
    Target checked = Target.of(target);
    try {
      return checked.device()
          ? Long.MAX_VALUE
          : Files.getFileStore(checked.folder()).getUsableSpace();
    } catch (IOException e) {
      throw OutputException.of(target, e);
    }
  }

  /** Writes one file. */
  public static void write(Path target, Content content) throws OutputException {
    try (PendingFiles files = new PendingFiles()) {
      files.add(target, content);
      files.commit();
    }
  }

  /** Writes one file of text, as UTF-8. */
  public static void write(Path target, String text) throws OutputException {
    write(target, bytes(text));
  }

  /** Text as the content of a file, as UTF-8. */
  public static Content bytes(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes as the content of a file. */
  public static Content bytes(byte[] bytes) {
    return channel -> channel.write(ByteBuffer.wrap(bytes));
  }

  /** Writes a file under a temporary name. */
  public void add(Path target, Content content) throws OutputException {
    Target checked = Target.of(target);
    try (PendingFile file = create(checked, checked.hidden())) {
      content.writeTo(file);
    } catch (IOException e) {
      throw OutputException.of(target, e);
    }
  }

  /**
   * Begins a file that is written piece by piece, under a name that begins with the target's, so
   * that its growth can be watched.
   *
   * @return takes each piece whole; the caller closes it before {@link #commit}
   */
  public WritableByteChannel open(Path target) throws OutputException {
    Target checked = Target.of(target);
    return create(checked, checked.visible());
  }

  private PendingFile create(Target target, Path temporary) throws OutputException {
    PendingFile file = new PendingFile(target, temporary);
    try {
      if (target.device()) {
        file.create(); // waits for a reader, if it is a pipe
      }
      synchronized (this) {
        checkRunning();
        files.add(file);
        if (!target.device()) {
          file.create();
        }
      }
    } catch (IOException e) {
      throw OutputException.of(target.name(), e);
    }
    return file;
  }

  private void checkRunning() throws OutputException {
    if (ended) {
      throw AtExit.ending();
    }
  }

  /** Gives all files their names, or none. */
  public synchronized void commit() throws OutputException {
    checkRunning();
    try {
      for (PendingFile file : files) {
        file.takeName(files.size() > 1);
      }
    } catch (OutputException e) {
      IOException again = forEach(PendingFile::giveNameBack);
      if (again != null) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  /** Runs when the JVM ends, while another thread may still write. */
  private synchronized void end() {
    ended = true;
    forEach(PendingFile::delete); // errors have nobody left to be told
  }

  /** Deletes what has not taken its name. */
  @Override
  public synchronized void close() throws OutputException {
    atExit.close();
    IOException failure = forEach(PendingFile::discard);
    if (failure != null) {
      throw new OutputException("cannot delete a temporary file: " + failure.getMessage());
    }
  }

  private interface Action {
    void accept(PendingFile file) throws IOException;
  }

  /** Does the same to all files; the first error, or null. */
  private IOException forEach(Action action) {
    IOException failure = null;
    for (PendingFile file : files) {
      try {
        action.accept(file);
      } catch (IOException e) {
        failure = failure == null ? e : failure;
      }
    }
    return failure;
  }
}
