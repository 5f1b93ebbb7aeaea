package dev.lamina.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The versions of Lamina and of Java, for bug reports. */
final class BuildVersion implements IVersionProvider {
  /** Lamina's own version, such as 0.1.0. */
  static String number() {
    // From the manifest, which the cache of classes has; to look for a file takes 5 ms.
    String packed = BuildVersion.class.getPackage().getImplementationVersion();
    return packed == null ? unpacked() : packed;
  }

  private static String unpacked() {
    Properties build = new Properties();
    try (InputStream in = BuildVersion.class.getResourceAsStream("build.properties")) {
      build.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return build.getProperty("version");
  }

  @Override
  public String[] getVersion() {
    return lines();
  }

  static String[] lines() {
    return new String[] {
      "lamina " + number(),
      "Java "
          + System.getProperty("java.version")
          + " ("
          + System.getProperty("java.vendor")
          + "), "
          + System.getProperty("os.name")
          + " "
          + System.getProperty("os.arch")
    };
  }
}
