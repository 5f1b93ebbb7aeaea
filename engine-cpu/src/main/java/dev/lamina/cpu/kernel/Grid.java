package dev.lamina.cpu.kernel;

import dev.lamina.kernels.codebook.Codebooks;

/**
 * A codebook of magnitudes with the signs to them, either as codes or as indices of a {@link
 * Packing}, whose top bit is the sign. Indices come in the order of {@link IndexPacker#twoFours}.
 *
 * @param entries eight columns each, or in IQ3 four: bytes 0 to 3 of codes, every other byte of
 *     indices
 * @param even signs by seven bits; the eighth makes the number of negative ones even
 * @param all signs by eight bits
 * @param indices whether these are indices
 */
@SuppressWarnings("ArrayRecordComponent")
record Grid(long[] entries, long[] even, long[] all, boolean indices) {
  private static final long[] ALL = new long[256];
  private static final long[] EVEN = new long[128];

  static {
    for (int bits = 0; bits < ALL.length; bits++) {
      ALL[bits] = Bits.spreadBits(bits) * 0xff;
    }
    byte[] even = Codebooks.evenSigns();
    for (int i = 0; i < EVEN.length; i++) {
      EVEN[i] = ALL[even[i] & 0xff];
    }
  }

  /** A codebook of eight columns. */
  static Grid codes(long[] entries) {
    return new Grid(entries, EVEN, ALL, false);
  }

  /** A codebook of four columns. */
  static Grid codes(int[] entries) {
    long[] fours = new long[entries.length];
    for (int i = 0; i < fours.length; i++) {
      fours[i] = entries[i] & 0xffffffffL;
    }
    return codes(fours);
  }

  /** The same as indices of the packing. */
  Grid toIndices(Packing packing) {
    byte[] table = packing.indices();
    long top = Bits.ONES << packing.bits() - 1;
    long[] magnitudes = new long[entries.length];
    for (int i = 0; i < magnitudes.length; i++) {
      magnitudes[i] = IndexPacker.twoFours(IndexPacker.looked(table, entries[i]));
    }
    return new Grid(magnitudes, signs(even, top), signs(all, top), true);
  }

  private static long[] signs(long[] masks, long top) {
    long[] signs = new long[masks.length];
    for (int i = 0; i < signs.length; i++) {
      signs[i] = IndexPacker.twoFours(masks[i] & top);
    }
    return signs;
  }

  /** Eight columns of an entry with signs. */
  long eight(int entry, long signs) {
    return signed(entries[entry], signs);
  }

  /** Eight columns of two entries with signs. */
  long eight(int first, int second, long signs) {
    return signed(entries[first] | entries[second] << (indices ? 8 : 32), signs);
  }

  private long signed(long magnitudes, long signs) {
    return indices ? magnitudes | signs : Bits.negate(magnitudes, signs);
  }
}
