package dev.lamina.cpu.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The system's map of this process's memory. */
public final class MemoryMap {
  private static final Path MAPS = Path.of("/proc/self/maps");

  private MemoryMap() {}

  /** Skips the test if the system does not provide the map. */
  public static void assumeReadable() {
    assumeTrue(Files.isReadable(MAPS), "no " + MAPS);
  }

  /** The rights of an address, such as {@code r-xp}; empty if it is not mapped. */
  public static Optional<String> rights(long address) throws IOException {
    return Files.readAllLines(MAPS).stream()
        .map(line -> line.split("[- ]", 3)) // from, to, rights and the rest
        .filter(range -> Long.parseUnsignedLong(range[0], 16) <= address)
        .filter(range -> Long.parseUnsignedLong(range[1], 16) > address)
        .map(range -> range[2].substring(0, 4))
        .findFirst();
  }
}
