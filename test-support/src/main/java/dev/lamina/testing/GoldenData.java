package dev.lamina.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Models, and what llama.cpp and others answered to them: a folder beside the checkout, which the
 * build names in {@code lamina.shared}. A test that needs what is absent is skipped, and says so.
 */
public final class GoldenData {
  private GoldenData() {}

  /**
   * A file or folder of the golden data; skips the test where it is absent.
   *
   * @param name its path in the folder, with slashes
   */
  public static Path file(String name) {
    Path file = find(name);
    assumeTrue(Files.exists(file), "golden data absent: " + name);
    return file;
  }

  /** Where a file of the golden data is, if there is any. */
  public static Path find(String name) {
    return Path.of(System.getProperty("lamina.shared", "../../shared")).resolve(name);
  }

  /**
   * The names in a folder that end with a suffix, without it, in order.
   *
   * @return {@code absent} alone, for a test with that parameter to be skipped by {@link #file}, if
   *     the folder is absent
   */
  public static List<String> names(String folder, String suffix, String absent) throws IOException {
    Path path = find(folder);
    if (!Files.isDirectory(path)) {
      return List.of(absent);
    }
    try (Stream<Path> files = Files.list(path)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(suffix))
          .map(name -> name.substring(0, name.length() - suffix.length()))
          .sorted()
          .toList();
    }
  }
}
