package dev.lamina.gguf.output;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that only the user can read, for programs that add to them from time to time. */
public final class PrivateFiles {
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");

  private PrivateFiles() {}

  /**
   * Makes an empty file in a folder of its own, both private from the start. What exists already is
   * kept and made private; a device stays as it is.
   *
   * @throws IOException if that cannot be done
   */
  public static void create(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    boolean posix = Files.getFileStore(existing(folder)).supportsFileAttributeView("posix");
    FileAttribute<?>[] ofFolder =
        posix
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(FOLDER)}
            : new FileAttribute<?>[0];
    FileAttribute<?>[] ofFile =
        posix
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(FILE)}
            : new FileAttribute<?>[0];
    Files.createDirectories(folder, ofFolder);
    try {
      Files.createFile(file, ofFile);
    } catch (FileAlreadyExistsException e) {
      // Made before, by this program or by the user.
      if (posix && Files.isRegularFile(file)) {
        tighten(file, FILE);
      }
    }
    if (posix && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      tighten(folder, FOLDER);
    }
  }

  private static Path existing(Path folder) {
    Path existing = folder;
    while (!Files.exists(existing)) {
      existing = existing.getParent();
    }
    return existing;
  }

  /** Takes away what others may do, and leaves what the user may. */
  private static void tighten(Path path, Set<PosixFilePermission> most) throws IOException {
    Set<PosixFilePermission> now = Files.getPosixFilePermissions(path);
    if (now.retainAll(most)) {
      Files.setPosixFilePermissions(path, now);
    }
  }
}
