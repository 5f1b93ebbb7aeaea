package dev.lamina.cpu;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The memory of the machine, or the limit of a container.
 *
 * @param total bytes
 * @param available bytes that can be allocated without swapping
 */
record MemoryInfo(long total, long available) {
  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final String AVAILABLE = "MemAvailable:";

  static MemoryInfo read() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long total = system.getTotalMemorySize();
    // Java's "free" on Linux does not count the page cache, which the system gives up on demand.
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
      return Long.MAX_VALUE; // unknown: use the total
    }
  }
}
