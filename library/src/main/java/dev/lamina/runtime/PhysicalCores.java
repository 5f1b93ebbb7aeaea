package dev.lamina.runtime;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Counts cores: two hardware threads of one core share the units that a matrix product needs. */
public final class PhysicalCores {
  private static final Path CPUS = Path.of("/sys/devices/system/cpu");

  private PhysicalCores() {}

  /** Cores that this process may use; its hardware threads where the system does not tell. */
  public static int count() {
    int threads = Runtime.getRuntime().availableProcessors();
    int cores = count(CPUS);
    return cores == 0 ? threads : Math.min(cores, threads);
  }

  /** Distinct sets of sibling threads below a folder laid out as Linux's, or 0. */
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
