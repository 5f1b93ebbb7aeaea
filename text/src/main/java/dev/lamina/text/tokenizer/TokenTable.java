package dev.lamina.text.tokenizer;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/**
 * From a token's text to its id, for text that is part of a longer string. Of tokens with the same
 * text the last counts, as in llama.cpp. Empty tokens are not found.
 *
 * <p>The hash is that of {@link String}, which is fast. A file can be made with tokens that collide
 * under it; if many collide, all are hashed again with a factor that no file can know.
 */
final class TokenTable {
  /** So many steps to a free slot do not happen by chance. */
  private static final int MANY_STEPS = 512;

  private final String[] pieces;

  /** Random, or 0 for the hash of String. */
  private long factor;

  /** Open addressing; {@code hash << 32 | id + 1}, or 0 for a free slot. */
  private final long[] slots;

  private final int shift;
  private final int maxLength;
  private final int duplicates;

  TokenTable(List<String> tokens) {
    pieces = tokens.toArray(String[]::new);
    int bits = Math.max(2, 33 - Integer.numberOfLeadingZeros(pieces.length));
    slots = new long[1 << bits];
    shift = 32 - bits;
    int repeated = fill();
    if (repeated < 0) {
      Arrays.fill(slots, 0);
      factor = new SecureRandom().nextLong() | 1;
      repeated = fill();
    }
    duplicates = repeated;
    int longest = 0;
    for (String piece : pieces) {
      longest = Math.max(longest, piece.length());
    }
    maxLength = longest;
  }

  /** Returns how many tokens repeat another, or -1 if too many collide under String's hash. */
  private int fill() {
    int repeated = 0;
    for (int id = 0; id < pieces.length; id++) {
      String piece = pieces[id];
      if (!piece.isEmpty()) {
        int length = piece.length();
        int hash = factor == 0 ? piece.hashCode() : hash(piece, 0, length, length);
        int slot = slotOf(hash, piece, 0, length, length);
        if (factor == 0 && (slot - firstSlot(hash) & slots.length - 1) > MANY_STEPS) {
          return -1;
        }
        repeated += slots[slot] == 0 ? 0 : 1;
        slots[slot] = (long) hash << 32 | id + 1;
      }
    }
    return repeated;
  }

  int size() {
    return pieces.length;
  }

  String piece(int id) {
    return pieces[id];
  }

  /** How many tokens cannot be found because another has the same text. */
  int duplicates() {
    return duplicates;
  }

  int find(String text) {
    return find(text, 0, text.length());
  }

  /** Id of the token that {@code text[from, to)} is, or -1. */
  int find(String text, int from, int to) {
    if (to - from > maxLength) {
      return -1;
    }
    return (int) slots[slotOf(hash(text, from, to, to), text, from, to, to)] - 1;
  }

  /**
   * Id of the token that text is once the character at {@code gap} is taken out, or -1.
   *
   * @param guess an id that is likely to be the one
   */
  int findWithout(String text, int gap, int guess) {
    boolean unique = duplicates == 0 && guess < pieces.length;
    if (unique && is(pieces[guess], text, 0, gap, text.length())) {
      return guess;
    }
    if (text.length() - 1 > maxLength) {
      return -1;
    }
    int hash = hash(text, 0, gap, text.length());
    return (int) slots[slotOf(hash, text, 0, gap, text.length())] - 1;
  }

  /** Of {@code text[from, middle)} followed by {@code text[middle + 1, to)}. */
  private int hash(String text, int from, int middle, int to) {
    if (factor != 0) {
      long hash = mixed(mixed(factor, text, from, middle), text, middle + 1, to);
      return (int) (hash >>> 32);
    }
    return polynomial(polynomial(0, text, from, middle), text, middle + 1, to);
  }

  /** The polynomial of {@link String#hashCode}, continued. */
  private static int polynomial(int before, String text, int from, int to) {
    int hash = before;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + text.charAt(i);
    }
    return hash;
  }

  /** Mixed after each character: a plain polynomial has known collisions for every factor. */
  private long mixed(long before, String text, int from, int to) {
    long hash = before;
    for (int i = from; i < to; i++) {
      hash = (hash ^ text.charAt(i)) * factor;
      hash ^= hash >>> 29;
    }
    return hash;
  }

  private int firstSlot(int hash) {
    return hash * 0x9E3779B9 >>> shift;
  }

  /**
   * The slot of the token that is {@code text[from, middle)} followed by {@code text[middle + 1,
   * to)}, or a free one.
   */
  private int slotOf(int hash, String text, int from, int middle, int to) {
    int mask = slots.length - 1;
    int slot = firstSlot(hash);
    while (slots[slot] != 0
        && ((int) (slots[slot] >> 32) != hash
            || !is(pieces[(int) slots[slot] - 1], text, from, middle, to))) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private static boolean is(String piece, String text, int from, int middle, int to) {
    int first = middle - from;
    int second = Math.max(0, to - middle - 1);
    return piece.length() == first + second
        && piece.regionMatches(0, text, from, first)
        && (second == 0 || piece.regionMatches(first, text, middle + 1, second));
  }
}
