package dev.lamina.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The machine and the version that results are from.
 *
 * @param version of Lamina
 * @param cpu the processor's name; empty if the system does not tell
 */
public record BenchHost(String version, String cpu) {
  /** llama-bench counts its builds; Lamina has versions only. */
  public static final int BUILD_NUMBER = 0;

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** This machine. */
  public static BenchHost here(String version) {
    return new BenchHost(version, cpuName(CPU_INFO));
  }

  /** From a file laid out as Linux's {@code /proc/cpuinfo}. */
  static String cpuName(Path cpuInfo) {
    List<String> lines;
    try {
      lines = Files.readAllLines(cpuInfo);
    } catch (IOException e) {
      // Other systems have no such file, and nothing but the report's header depends on it.
      return "";
    }
    return lines.stream()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("");
  }
}
