package dev.lamina.runtime;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Counts cores: the hardware threads of a core share the units that a matrix product needs. */
public final class PhysicalCores {
  private static final Path CPUS = Path.of("/sys/devices/system/cpu");

  private PhysicalCores() {}

  /**
   * Number of cores that this process may use, or of hardware threads if the system does not report
   * cores.
   */
  public static int count() {
    int threads = Runtime.getRuntime().availableProcessors();
    int cores = count(CPUS);
    return cores == 0 ? threads : Math.min(cores, threads);
  }

  /** Number of distinct sets of sibling threads in a folder with Linux's layout, or 0. */
  static int count(Path cpus) {
    Set<String> cores = new HashSet<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(cpus, "cpu[0-9]*")) {
      for (Path cpu : folders) {
        Path siblings = cpu.resolve("topology/thread_siblings_list");
        if (Files.isReadable(siblings)) {
          cores.add(Files.readString(siblings).strip());
        }
      }
    } catch (IOException e) {
      return 0;
    }
    return cores.size();
  }
}
