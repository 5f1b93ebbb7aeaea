package dev.lamina.cpu.kernel;

/** Packs the indices of a row's part of a unit in the bit layout of {@link Packing}. */
final class IndexPacker {
  /** The even bytes of an int. */
  private static final int EVEN = 0x00ff00ff;

  private static final int EACH_BYTE = 0x01010101;

  /** Four indices of a byte each. */
  private final int[] fours = new int[Packing.UNIT / 4];

  /**
   * @param table the index of each code, by {@code code + 128}; null if these differ by the bias
   * @param n columns
   * @param at of the row in the first line of words
   */
  void pack(Packing p, byte[] table, byte[] codes, int n, int[] words, int at) {
    for (int k = 0; k < n; k += 8) {
      putFours(
          table == null ? biased(p, codes, k) : looked(table, (long) Lanes.LONG.get(codes, k)),
          fours,
          k / 4);
    }
    if (p.dense() != null) {
      p.dense().pack(fours, words, at);
      return;
    }
    switch (p.bits()) {
      case 8 -> pack8(n / 4, words, at);
      case 4 -> pack4(n / 8, words, at);
      case 2 -> pack2(n / 16, words, at);
      default -> packHighAndLow(p, n / 4, words, at);
    }
  }

  /** Eight indices as two fours: (0, 4, 1, 5), then (2, 6, 3, 7). */
  static void putFours(long eight, int[] fours, int at) {
    int low = (int) eight;
    int high = (int) (eight >>> 32);
    fours[at] = Integer.expand(low, EVEN) | Integer.expand(high, ~EVEN);
    fours[at + 1] = Integer.expand(low >>> 16, EVEN) | Integer.expand(high >>> 16, ~EVEN);
  }

  private static long biased(Packing p, byte[] codes, int at) {
    // No byte carries: codes and the bias are below 64.
    long x = (long) Lanes.LONG.get(codes, at);
    return p.hasMins() || p.bias() == 0 ? x : (x ^ Bits.TOPS) + p.bias() * Bits.ONES ^ Bits.TOPS;
  }

  /** The indices of eight codes. */
  static long looked(byte[] table, long codes) {
    long x = 0;
    for (int shift = 0; shift < 64; shift += 8) {
      x |= (long) table[(byte) (codes >>> shift) + 128] << shift;
    }
    return x;
  }

  private void pack8(int lines, int[] words, int at) {
    for (int i = 0; i < lines; i++) {
      words[at + i * Packing.ROWS] = fours[i];
    }
  }

  private void pack4(int lines, int[] words, int at) {
    for (int i = 0; i < lines; i++) {
      words[at + i * Packing.ROWS] = fours[2 * i] | fours[2 * i + 1] << 4;
    }
  }

  private void pack2(int lines, int[] words, int at) {
    for (int i = 0; i < lines; i++) {
      int j = 4 * i;
      words[at + i * Packing.ROWS] =
          fours[j] | fours[j + 1] << 2 | fours[j + 2] << 4 | fours[j + 3] << 6;
    }
  }

  /** Lines of low bits, then one of the high bits of the same columns, and so on. */
  private void packHighAndLow(Packing p, int n, int[] words, int at) {
    int lowBits = p.lowBits();
    int highBits = p.bits() - lowBits;
    int lowMask = EACH_BYTE * ((1 << lowBits) - 1);
    int highMask = EACH_BYTE * ((1 << highBits) - 1);
    int to = at;
    for (int i = 0; i < n; ) {
      int high = 0;
      for (int shift = 0; shift < 8; ) {
        int low = 0;
        for (int j = 0; j < 8; j += lowBits, shift += highBits, i++) {
          low |= (fours[i] & lowMask) << j;
          high |= (fours[i] >>> lowBits & highMask) << shift;
        }
        words[to] = low;
        to += Packing.ROWS;
      }
      words[to] = high;
      to += Packing.ROWS;
    }
  }
}
