package dev.lamina.runtime;

/** Formats amounts of memory for people. */
public final class Sizes {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  private Sizes() {}

  /** Formats a size, such as 1.79 GiB or 350.00 MiB. */
  public static String of(long bytes) {
    double amount = bytes;
    int unit = 0;
    while (amount >= 1024 && unit < UNITS.length - 1) {
      amount /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " B" : "%.2f %s".formatted(amount, UNITS[unit]);
  }
}
