package dev.lamina.bench;

import java.util.Locale;

/**
 * The user's choice of flash attention. Lamina has one way to compute attention; it reports the
 * choice and passes it on to llama-bench.
 */
public enum FlashAttention {
  AUTO(-1),
  OFF(0),
  ON(1);

  private final int number;

  FlashAttention(int number) {
    this.number = number;
  }

  /** As llama-bench reports it. */
  public int number() {
    return number;
  }

  /**
   * @param text {@code on}, {@code off}, {@code auto}, or 1, 0, -1
   * @throws IllegalArgumentException if it is anything else
   */
  public static FlashAttention parse(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "auto", "-1" -> AUTO;
      case "off", "0" -> OFF;
      case "on", "1" -> ON;
      default ->
          throw new IllegalArgumentException("-fa is '" + text + "', expected on, off or auto");
    };
  }
}
