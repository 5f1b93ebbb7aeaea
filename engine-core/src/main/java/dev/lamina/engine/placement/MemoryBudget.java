package dev.lamina.engine.placement;

import dev.lamina.engine.backend.Device;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much of a GPU's memory may be used: bytes, a part of what is free, or what is free less a
 * margin for the desktop and for what drivers take unseen.
 */
public final class MemoryBudget {
  /** What is free, less a margin. */
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

  /** Bytes of a device's memory. */
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
