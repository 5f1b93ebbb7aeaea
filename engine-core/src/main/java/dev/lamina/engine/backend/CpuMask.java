package dev.lamina.engine.backend;

import java.util.BitSet;

/** An immutable set of processors by their numbers, from 0. */
public final class CpuMask {
  /** The set without processors. */
  public static final CpuMask NONE = new CpuMask(new BitSet());

  /** Processors that hexadecimal digits and ranges can name, as in llama.cpp. */
  public static final int LIMIT = 512;

  private static final int MOST_LISTED = 1 << 16;

  private final BitSet cpus;

  private CpuMask(BitSet cpus) {
    this.cpus = cpus;
  }

  /** The processors of set bits; bit 0 of the first word is processor 0. */
  public static CpuMask of(long[] words) {
    return new CpuMask(BitSet.valueOf(words));
  }

  /** One processor. */
  public static CpuMask of(int cpu) {
    return between(cpu, cpu);
  }

  /** Processors {@code first} to {@code last}; none if {@code last} is less. */
  public static CpuMask between(int first, int last) {
    BitSet cpus = new BitSet();
    cpus.set(first, Math.max(first, last + 1));
    return new CpuMask(cpus);
  }

  /**
   * Reads hexadecimal digits, the last of which has processors 0 to 3, such as {@code 0xff}.
   *
   * @throws IllegalArgumentException if the text is something else, or names processors from {@link
   *     #LIMIT} on
   */
  public static CpuMask parseHex(String text) {
    String digits = text.startsWith("0x") || text.startsWith("0X") ? text.substring(2) : text;
    if (digits.isEmpty() || digits.length() > LIMIT / 4) {
      throw new IllegalArgumentException(
          "'%s', expected 1 to %d hexadecimal digits".formatted(text, LIMIT / 4));
    }
    BitSet cpus = new BitSet();
    for (int i = 0; i < digits.length(); i++) {
      int digit = Character.digit(digits.charAt(digits.length() - 1 - i), 16);
      if (digit < 0) {
        throw new IllegalArgumentException("'" + text + "', expected hexadecimal digits");
      }
      for (int bit = 0; bit < 4; bit++) {
        cpus.set(4 * i + bit, (digit >> bit & 1) == 1);
      }
    }
    return new CpuMask(cpus);
  }

  /**
   * Reads a range such as {@code 0-7}. Without its first number it begins with 0, without its last
   * it has no end; if the last is less than the first, it is empty.
   *
   * @throws IllegalArgumentException if the text is something else, or names processors from {@link
   *     #LIMIT} on
   */
  public static CpuMask parseRange(String text) {
    int dash = text.indexOf('-');
    if (dash < 0) {
      throw new IllegalArgumentException("'" + text + "', expected a range such as 0-7");
    }
    int first = dash == 0 ? 0 : number(text, text.substring(0, dash));
    int last = dash == text.length() - 1 ? LIMIT - 1 : number(text, text.substring(dash + 1));
    return between(first, last);
  }

  private static int number(String text, String digits) {
    if (!digits.matches("[0-9]{1,9}") || Integer.parseInt(digits) >= LIMIT) {
      throw new IllegalArgumentException(
          "'%s', expected two numbers of 0 to %d with a hyphen".formatted(text, LIMIT - 1));
    }
    return Integer.parseInt(digits);
  }

  /**
   * Reads a list as Linux writes it, such as {@code 0-3,8}.
   *
   * @throws IllegalArgumentException if the text is something else
   */
  static CpuMask parseList(String text) {
    BitSet cpus = new BitSet();
    String list = text.strip();
    for (String part : list.isEmpty() ? new String[0] : list.split(",")) {
      int dash = part.indexOf('-');
      int first = Integer.parseInt(dash < 0 ? part : part.substring(0, dash));
      int last = dash < 0 ? first : Integer.parseInt(part.substring(dash + 1));
      if (first < 0 || last < first || last >= MOST_LISTED) {
        throw new IllegalArgumentException("'" + list + "' is no list of processors");
      }
      cpus.set(first, last + 1);
    }
    return new CpuMask(cpus);
  }

  public boolean isEmpty() {
    return cpus.isEmpty();
  }

  /** Number of processors in the set. */
  public int count() {
    return cpus.cardinality();
  }

  public boolean has(int cpu) {
    return cpus.get(cpu);
  }

  /** The first processor of the set that is {@code cpu} or comes after it; -1 if there is none. */
  public int next(int cpu) {
    return cpus.nextSetBit(cpu);
  }

  /** The processors that both sets have. */
  public CpuMask and(CpuMask other) {
    BitSet both = (BitSet) cpus.clone();
    both.and(other.cpus);
    return new CpuMask(both);
  }

  /** The processors that either set has. */
  public CpuMask or(CpuMask other) {
    BitSet all = (BitSet) cpus.clone();
    all.or(other.cpus);
    return new CpuMask(all);
  }

  /** The set as bits, as {@link #of(long[])} takes them. */
  public long[] words() {
    return cpus.toLongArray();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CpuMask mask && mask.cpus.equals(cpus);
  }

  @Override
  public int hashCode() {
    return cpus.hashCode();
  }

  /** The numbers of the processors, as {@code {0, 1}}. */
  @Override
  public String toString() {
    return cpus.toString();
  }
}
