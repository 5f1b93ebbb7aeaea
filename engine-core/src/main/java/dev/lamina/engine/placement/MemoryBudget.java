package dev.lamina.engine.placement;

import dev.lamina.engine.backend.Device;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Limit on the memory used on a GPU: a number of bytes, a share of the free memory, or the free
 * memory minus a margin for the desktop and for allocations of drivers.
 */
public final class MemoryBudget {
  /** The free memory minus a margin. */
  public static final MemoryBudget AUTO = new MemoryBudget(-1, 0);

  private static final Pattern BYTES = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([kmgt]?)(?:i?b)?");
  private static final Pattern PERCENT = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*%");
  private static final long LEAST_MARGIN = 256L << 20;

  private final long bytes;
  private final double part;

  private MemoryBudget(long bytes, double part) {
    this.bytes = bytes;
    this.part = part;
  }

  /**
   * Reads {@code auto}, {@code 6G}, {@code 500M}, {@code 80%}.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  public static MemoryBudget parse(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT);
    Matcher matcher = BYTES.matcher(lower);
    if (lower.equals("auto")) {
      return AUTO;
    } else if (matcher.matches()) {
      int shift = 10 * ("kmgt".indexOf(matcher.group(2)) + 1);
      double value = Double.parseDouble(matcher.group(1));
      return new MemoryBudget((long) (value * (matcher.group(2).isEmpty() ? 1 : 1L << shift)), 0);
    }
    matcher = PERCENT.matcher(lower);
    if (matcher.matches() && Double.parseDouble(matcher.group(1)) <= 100) {
      return new MemoryBudget(-1, Double.parseDouble(matcher.group(1)) / 100);
    }
    throw new IllegalArgumentException(
        "'" + text + "' is no amount of memory; expected one such as 6G, 80% or auto");
  }

  /** The limit in bytes for a device. */
  public long of(Device device) {
    if (bytes >= 0) {
      return bytes;
    }
    long free = device.freeMemory();
    return part > 0
        ? (long) (free * part)
        : Math.max(0, free - Math.max(LEAST_MARGIN, device.totalMemory() / 20));
  }
}
