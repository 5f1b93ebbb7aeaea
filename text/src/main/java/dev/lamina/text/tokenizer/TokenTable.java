package dev.lamina.text.tokenizer;

import dev.lamina.gguf.TextArray;
import java.nio.charset.StandardCharsets;

/**
 * From a token's text to its id. Texts are UTF-8, since that is what the file has: to make a String
 * of each token takes longer than to find them all. Of tokens with the same text the last counts,
 * as in llama.cpp. Empty tokens are not found.
 */
final class TokenTable {
  private final TextArray pieces;

  /** Open addressing; {@code hash << 32 | id + 1}, or 0 for a free slot. */
  private final long[] slots;

  private final int[] hashes;
  private final int shift;
  private final int maxLength;
  private final int duplicates;

  TokenTable(TextArray tokens) {
    pieces = tokens;
    int size = tokens.size();
    int bits = Math.max(2, 33 - Integer.numberOfLeadingZeros(size));
    slots = new long[1 << bits];
    shift = 32 - bits;
    hashes = new int[size];
    byte[] bytes = tokens.bytes();
    int longest = 0;
    int repeated = 0;
    for (int id = 0; id < size; id++) {
      int from = tokens.start(id);
      int to = tokens.end(id);
      if (from < to) {
        int hash = TextHash.of(bytes, from, to);
        hashes[id] = hash;
        int slot = slotOf(hash, bytes, from, to);
        repeated += slots[slot] == 0 ? 0 : 1;
        slots[slot] = (long) hash << 32 | id + 1;
        longest = Math.max(longest, to - from);
      }
    }
    duplicates = repeated;
    maxLength = longest;
  }

  int size() {
    return pieces.size();
  }

  String piece(int id) {
    return pieces.get(id);
  }

  /** The texts of the tokens. */
  TextArray pieces() {
    return pieces;
  }

  /** How many tokens cannot be found because another has the same text. */
  int duplicates() {
    return duplicates;
  }

  int find(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return find(utf8, 0, utf8.length);
  }

  /** Id of the token that {@code utf8[from, to)} is, or -1. */
  int find(byte[] utf8, int from, int to) {
    if (to - from > maxLength) {
      return -1;
    }
    return (int) slots[slotOf(TextHash.of(utf8, from, to), utf8, from, to)] - 1;
  }

  /** The hash of a token's text. */
  int hash(int id) {
    return hashes[id];
  }

  /** The slot of the token that is {@code utf8[from, to)}, or a free one. */
  private int slotOf(int hash, byte[] utf8, int from, int to) {
    int mask = slots.length - 1;
    int slot = hash * 0x9E3779B9 >>> shift;
    while (slots[slot] != 0
        && ((int) (slots[slot] >> 32) != hash
            || !pieces.is((int) slots[slot] - 1, utf8, from, to))) {
      slot = slot + 1 & mask;
    }
    return slot;
  }
}
