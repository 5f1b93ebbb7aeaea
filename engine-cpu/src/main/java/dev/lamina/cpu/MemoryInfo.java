package dev.lamina.cpu;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The machine's memory, or what a container grants of it.
 *
 * @param total bytes
 * @param available bytes that can be taken without swapping
 */
record MemoryInfo(long total, long available) {
  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final String AVAILABLE = "MemAvailable:";

  static MemoryInfo read() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long total = system.getTotalMemorySize();
    // Java's "free" on Linux leaves out the page cache, which gives way when memory is asked for.
    long available = Files.isReadable(MEMINFO) ? available(MEMINFO) : system.getFreeMemorySize();
    return new MemoryInfo(total, Math.min(total, available));
  }

  private static long available(Path meminfo) {
    try {
      return Files.readAllLines(meminfo).stream()
          .filter(line -> line.startsWith(AVAILABLE))
          .map(line -> line.substring(AVAILABLE.length()).strip().split(" ")[0])
          .mapToLong(kib -> Long.parseLong(kib) << 10)
          .findFirst()
          .orElse(Long.MAX_VALUE);
    } catch (IOException e) {
      return Long.MAX_VALUE; // unknown: the total counts
    }
  }
}
