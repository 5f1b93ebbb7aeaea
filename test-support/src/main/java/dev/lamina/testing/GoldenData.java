package dev.lamina.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Models, and what llama.cpp and others answered to them. A sample of small files is part of the
 * project, in the folder {@code golden}; the developers' whole files are in a folder beside the
 * checkout, which the build names in {@code lamina.shared}. A test that needs what is absent is
 * skipped, and says so.
 */
public final class GoldenData {
  private static final String OWN = "golden/";

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

  /**
   * Where a file of the golden data is, if there is any: the developers' before that of the sample.
   */
  public static Path find(String name) {
    Path whole = shared().resolve(name);
    return Files.exists(whole) ? whole : sample(name);
  }

  /**
   * The names in a folder of the developers' data that end with a suffix, without it, in order.
   *
   * @return {@code absent} alone, for a test with that parameter to be skipped by {@link #file}, if
   *     the folder is absent
   */
  public static List<String> names(String folder, String suffix, String absent) throws IOException {
    Path path = shared().resolve(folder);
    return Files.isDirectory(path) ? list(path, suffix) : List.of(absent);
  }

  /** The names in a folder of the sample that end with a suffix, without it, in order. */
  public static List<String> sampleNames(String folder, String suffix) throws IOException {
    return list(sample(folder), suffix);
  }

  private static List<String> list(Path folder, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(suffix))
          .map(name -> name.substring(0, name.length() - suffix.length()))
          .sorted()
          .toList();
    }
  }

  private static Path shared() {
    return Path.of(System.getProperty("lamina.shared", "../../shared"));
  }

  /** The folder of the sample stands for the folder {@code golden} of the developers' data too. */
  private static Path sample(String name) {
    String inFolder = name.startsWith(OWN) ? name.substring(OWN.length()) : name;
    return Path.of(System.getProperty("lamina.golden", "../golden")).resolve(inFolder);
  }
}
