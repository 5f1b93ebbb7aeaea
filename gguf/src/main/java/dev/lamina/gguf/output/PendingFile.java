package dev.lamina.gguf.output;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file under its temporary name. What is thrown names the target. */
final class PendingFile implements WritableByteChannel {
  private final Target target;

  /** The target itself if that is a device. */
  private final Path temporary;

  private FileChannel channel;

  /** The replaced file under its temporary name; null if there is none. */
  private Path backup;

  private boolean named;

  PendingFile(Target target, Path temporary) {
    this.target = target;
    this.temporary = temporary;
  }

  void create() throws IOException {
    if (target.device()) {
      channel = FileChannel.open(target.file(), StandardOpenOption.WRITE);
    } else if (target.exists() && posix(target.file()) != null) {
      // Private until it has the mode of the file that it will replace.
      channel =
          FileChannel.open(
              temporary,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      copyMode();
    } else {
      channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }
  }

  private static PosixFileAttributeView posix(Path path) {
    return Files.getFileAttributeView(path, PosixFileAttributeView.class);
  }

  private void copyMode() throws IOException {
    PosixFileAttributes old = posix(target.file()).readAttributes();
    PosixFileAttributeView view = posix(temporary);
    PosixFileAttributes now = view.readAttributes();
    if (!now.owner().equals(old.owner()) || !now.group().equals(old.group())) {
      try {
        view.setGroup(old.group());
        view.setOwner(old.owner());
      } catch (IOException e) {
        // Only a superuser gives files away; the mode is kept in any case.
        view.setPermissions(old.permissions());
        return;
      }
    }
    view.setPermissions(old.permissions());
  }

  /** Takes all of {@code src}. */
  @Override
  public int write(ByteBuffer src) throws OutputException {
    int n = src.remaining();
    try {
      while (src.hasRemaining()) {
        channel.write(src);
      }
    } catch (IOException e) {
      throw OutputException.of(target.name(), e);
    }
    return n;
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  /** Completes the file and forces it to the disk. */
  @Override
  public void close() throws OutputException {
    try {
      if (channel.isOpen() && !target.device()) {
        channel.force(true); // or a power cut could leave the name without the data
      }
      channel.close();
    } catch (IOException e) {
      throw OutputException.of(target.name(), e);
    }
  }

  /**
   * Gives the file its name.
   *
   * @param keepOld whether a file of that name is kept until {@link #discard}
   */
  void takeName(boolean keepOld) throws OutputException {
    if (target.device()) {
      return;
    }
    try {
      if (keepOld && Files.exists(target.file())) {
        Path old = target.hidden();
        Files.move(target.file(), old, StandardCopyOption.ATOMIC_MOVE);
        backup = old;
      }
      Files.move(temporary, target.file(), StandardCopyOption.ATOMIC_MOVE);
      named = true;
    } catch (IOException e) {
      throw OutputException.of(target.name(), e);
    }
  }

  /** Undoes {@link #takeName}. */
  void giveNameBack() throws IOException {
    if (named) {
      Files.deleteIfExists(target.file());
      named = false;
    }
    if (backup != null) {
      Files.move(backup, target.file(), StandardCopyOption.ATOMIC_MOVE);
      backup = null;
    }
  }

  /** Closes the file, ignoring errors, and deletes it as {@link #delete} does. */
  void discard() throws IOException {
    if (channel != null) {
      channel.close();
    }
    delete();
  }

  /** Deletes the file if it has not taken its name, and the one that it replaced if it has. */
  void delete() throws IOException {
    if (!target.device()) {
      Files.deleteIfExists(temporary);
    }
    if (backup != null) {
      Files.deleteIfExists(backup);
    }
  }
}
