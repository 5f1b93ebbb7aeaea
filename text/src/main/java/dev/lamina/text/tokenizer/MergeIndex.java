package dev.lamina.text.tokenizer;

import dev.lamina.gguf.TextArray;

/** Finds merges by the texts of the two symbols. */
final class MergeIndex {
  private final TextArray merges;

  /** Open addressing; {@code hash << 32 | rank + 1}, or 0 for a free slot. */
  private final long[] slots;

  private final int shift;
  private final boolean malformed;

  /**
   * @param merges {@code "left right"}, best first
   */
  MergeIndex(TextArray merges) {
    this.merges = merges;
    int count = merges.size();
    int bits = Math.max(2, 33 - Integer.numberOfLeadingZeros(count));
    shift = 32 - bits;
    slots = new long[1 << bits];
    byte[] bytes = merges.bytes();
    boolean odd = false;
    for (int rank = 0; rank < count; rank++) {
      int to = merges.end(rank);
      int space = space(rank);
      if (space >= to - 1) {
        odd = true;
      } else {
        int left = TextHash.of(bytes, merges.start(rank), space);
        add(rank, pairHash(left, TextHash.of(bytes, space + 1, to)));
      }
    }
    malformed = odd;
  }

  /** Adds a merge; of one that is listed twice, the first counts. */
  private void add(int rank, int hash) {
    int slot = firstSlot(hash);
    while (slots[slot] != 0) {
      int same = (int) (slots[slot] >> 32) == hash ? (int) slots[slot] - 1 : -1;
      if (same >= 0 && merges.is(same, merges.bytes(), merges.start(rank), merges.end(rank))) {
        return;
      }
      slot = slot + 1 & slots.length - 1;
    }
    slots[slot] = (long) hash << 32 | rank + 1;
  }

  private int firstSlot(int hash) {
    return hash * 0x9E3779B9 >>> shift;
  }

  private static int pairHash(int left, int right) {
    int hash = (left ^ left >>> 15) * 0x85EBCA6B + right;
    return hash ^ hash >>> 13;
  }

  /** Whether some text is not of the form that a merge has, and so never applies. */
  boolean malformed() {
    return malformed;
  }

  TextArray merges() {
    return merges;
  }

  /** Where the left symbol of a merge ends; the end of the text if it has no space. */
  int space(int rank) {
    byte[] bytes = merges.bytes();
    int to = merges.end(rank);
    int at = Math.min(merges.start(rank) + 1, to);
    while (at < to && bytes[at] != ' ') {
      at++;
    }
    return at;
  }

  /** Compares a symbol with a text. */
  interface Symbols {
    /** Whether the text of a symbol is {@code utf8[from, to)}. */
    boolean is(int symbol, byte[] utf8, int from, int to);
  }

  /**
   * Rank of the merge of two symbols, or -1.
   *
   * @param leftHash {@link TextHash} of the left symbol's text
   */
  int rank(int left, int leftHash, int right, int rightHash, Symbols symbols) {
    int hash = pairHash(leftHash, rightHash);
    int slot = firstSlot(hash);
    while (slots[slot] != 0) {
      int rank = (int) slots[slot] - 1;
      if ((int) (slots[slot] >> 32) == hash) {
        int space = space(rank);
        if (symbols.is(left, merges.bytes(), merges.start(rank), space)
            && symbols.is(right, merges.bytes(), space + 1, merges.end(rank))) {
          return rank;
        }
      }
      slot = slot + 1 & slots.length - 1;
    }
    return -1;
  }
}
