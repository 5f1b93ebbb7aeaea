package dev.lamina.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.TypeConversionException;

/**
 * Finds files by the names that users type. Names are bytes; Java reads bytes that are not UTF-8 as
 * replacement characters, and cannot make such a name from text. But listing the folder gives the
 * real name: it is the one that reads the same.
 */
final class FileNames {
  private static final char REPLACEMENT = '\uFFFD';

  private FileNames() {}

  /**
   * The file for a typed name.
   *
   * @throws TypeConversionException if bytes of the name were lost, and no file or several read
   *     like it; or if the system does not allow such names
   */
  static Path path(String name) {
    Path path;
    try {
      path = Path.of(name);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("'" + name + "' is no name of a file: " + e.getReason());
    }
    if (name.indexOf(REPLACEMENT) < 0 || Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return path;
    }
    Path found = path.getRoot() == null ? Path.of("") : path.getRoot();
    for (Path part : path) {
      found = found.resolve(part.toString().indexOf(REPLACEMENT) < 0 ? part : find(found, part));
    }
    return found;
  }

  private static Path find(Path folder, Path part) {
    List<Path> alike = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (entry.getFileName().toString().equals(part.toString())) {
          alike.add(entry.getFileName());
        }
      }
    } catch (NotDirectoryException e) {
      throw new TypeConversionException(folder + " is no folder");
    } catch (IOException e) {
      throw new TypeConversionException("cannot list the folder of " + part);
    }
    if (alike.size() != 1) {
      throw new TypeConversionException(
          "the name "
              + part
              + " is not UTF-8, and "
              + (alike.isEmpty() ? "no file has it" : "several files read like it")
              + "; use a name in UTF-8");
    }
    return alike.getFirst();
  }
}
