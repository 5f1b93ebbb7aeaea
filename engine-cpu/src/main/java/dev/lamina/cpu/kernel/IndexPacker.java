package dev.lamina.cpu.kernel;

/** Packs the indices of a row's part of a unit in the bit layout of {@link Packing}. */
final class IndexPacker {
  /** Bytes (2, 3) change places with (4, 5), then byte 1 with 2 and 5 with 6. */
  private static final long FIRST_SWAP = 0xffff0000L;

  private static final long SECOND_SWAP = 0x0000ff000000ff00L;

  private static final long LOW_PAIRS = 3 * Bits.ONES;

  /** The third bit of each byte. */
  private static final long THIRDS = 4 * Bits.ONES;

  /** Indices of eight columns each, as of {@link #twoFours}. */
  private final long[] eights = new long[Packing.UNIT / 8];

  /**
   * @param indexed whether the codes are indices already, in the order of {@link #twoFours}
   * @param table the index of each code, by {@code code + 128}; null if these differ by the bias
   * @param from of the first code
   * @param n columns
   * @param at of the row in the first line of words
   */
  void pack(
      Packing p,
      boolean indexed,
      byte[] table,
      byte[] codes,
      int from,
      int n,
      int[] words,
      int at) {
    int bias = p.hasMins() ? 0 : p.bias();
    for (int k = 0; k < n; k += 8) {
      long eight = (long) Bits.LONG.get(codes, from + k);
      eights[k / 8] =
          indexed ? eight : twoFours(table == null ? Bits.plus(eight, bias) : looked(table, eight));
    }
    if (p.dense() != null) {
      p.dense().pack(eights, words, at);
      return;
    }
    switch (p.bits()) {
      case 8 -> pack8(n / 8, words, at);
      case 4 -> pack4(n / 8, words, at);
      case 2 -> pack2(n / 16, words, at);
      case 3 -> pack3(n / 8, words, at);
      default -> packHighAndLow(p, n / 8, words, at);
    }
  }

  /** Eight indices, a byte each, in the order (0, 4, 1, 5), then (2, 6, 3, 7). */
  static long twoFours(long eight) {
    long t = (eight >>> 16 ^ eight) & FIRST_SWAP;
    long x = eight ^ t ^ t << 16;
    t = (x >>> 8 ^ x) & SECOND_SWAP;
    return x ^ t ^ t << 8;
  }

  /** The indices of eight codes. */
  static long looked(byte[] table, long codes) {
    long x = 0;
    for (int shift = 0; shift < 64; shift += 8) {
      x |= (long) table[(byte) (codes >>> shift) + 128] << shift;
    }
    return x;
  }

  private void pack8(int n, int[] words, int at) {
    for (int i = 0; i < n; i++) {
      words[at + 2 * i * Packing.ROWS] = (int) eights[i];
      words[at + (2 * i + 1) * Packing.ROWS] = (int) (eights[i] >>> 32);
    }
  }

  private void pack4(int lines, int[] words, int at) {
    for (int i = 0; i < lines; i++) {
      words[at + i * Packing.ROWS] = low(eights[i], 4);
    }
  }

  private void pack2(int lines, int[] words, int at) {
    for (int i = 0; i < lines; i++) {
      words[at + i * Packing.ROWS] = low(eights[2 * i], 2) | low(eights[2 * i + 1], 2) << 4;
    }
  }

  /** The second four above the first, of indices with so many bits. */
  private static int low(long eight, int bits) {
    return (int) (eight | eight >>> 32 - bits);
  }

  /** As {@link #packHighAndLow}, for two low bits and a high one. */
  private void pack3(int n, int[] words, int at) {
    for (int i = 0, to = at; i < n; i += 4, to += 3 * Packing.ROWS) {
      long a = eights[i];
      long b = eights[i + 1];
      long c = eights[i + 2];
      long d = eights[i + 3];
      words[to] = low(a & LOW_PAIRS, 2) | low(b & LOW_PAIRS, 2) << 4;
      words[to + Packing.ROWS] = low(c & LOW_PAIRS, 2) | low(d & LOW_PAIRS, 2) << 4;
      // Two columns' bits each: all eight as one long, whose halves are then joined.
      long high = a >>> 2 & Bits.ONES | (b & THIRDS) | (c & THIRDS) << 2 | (d & THIRDS) << 4;
      words[to + 2 * Packing.ROWS] = low(high, 1);
    }
  }

  /**
   * Packs lines of low bits, each group followed by a line of the high bits of the same columns.
   */
  private void packHighAndLow(Packing p, int n, int[] words, int at) {
    int lowBits = p.lowBits();
    int highBits = p.bits() - lowBits;
    long lowMask = Bits.ONES * ((1 << lowBits) - 1);
    long highMask = Bits.ONES * ((1 << highBits) - 1);
    int to = at;
    for (int i = 0; i < n; ) {
      int high = 0;
      for (int shift = 0; shift < 8; ) {
        int line = 0;
        for (int j = 0; j < 8; j += 2 * lowBits, shift += 2 * highBits, i++) {
          line |= low(eights[i] & lowMask, lowBits) << j;
          high |= low(eights[i] >>> lowBits & highMask, highBits) << shift;
        }
        words[to] = line;
        to += Packing.ROWS;
      }
      words[to] = high;
      to += Packing.ROWS;
    }
  }
}
