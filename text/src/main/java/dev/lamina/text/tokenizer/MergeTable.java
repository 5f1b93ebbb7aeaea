package dev.lamina.text.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * The merges of a byte-pair encoding: a pair of symbols to its rank and to the symbol that it
 * becomes. Symbols are the tokens by their ids; from there on, texts that merges or the byte
 * alphabet name but that are no tokens.
 */
final class MergeTable {
  private final TokenTable tokens;
  private final Map<String, Integer> others = new HashMap<>();
  private final List<String> otherTexts = new ArrayList<>();
  private final int[] byteSymbols = new int[256];

  /** Open addressing: {@code left << 32 | right} or -1 for a free slot, then the rank. */
  private final long[] slots;

  private final int[] merged;
  private final int shift;

  /** No file can know which pairs collide. */
  private final long factor = ThreadLocalRandom.current().nextLong() | 1;

  /**
   * @param merges {@code "left right"}, best first
   * @param malformed told of a merge that does not have this form and so never applies
   */
  MergeTable(
      TokenTable tokens, ByteAlphabet alphabet, List<String> merges, Consumer<String> malformed) {
    this.tokens = tokens;
    for (int b = 0; b < 256; b++) {
      byteSymbols[b] = symbol(String.valueOf(alphabet.character(b)));
    }
    int bits = Math.max(2, 33 - Integer.numberOfLeadingZeros(merges.size()));
    shift = 64 - bits;
    slots = new long[2 << bits];
    Arrays.fill(slots, -1);
    merged = new int[merges.size()];
    for (int rank = 0; rank < merged.length; rank++) {
      String merge = merges.get(rank);
      int space = merge.indexOf(' ', 1);
      if (space < 0 || space == merge.length() - 1) {
        malformed.accept(merge);
      } else {
        add(merge, space, rank);
      }
    }
  }

  private void add(String merge, int space, int rank) {
    int left = symbol(merge, 0, space);
    int right = symbol(merge, space + 1, merge.length());
    int guess = rank == 0 ? 256 : merged[rank - 1] + 1; // tokens often stand in this order
    int id = tokens.findWithout(merge, space, guess);
    merged[rank] =
        id >= 0 ? id : symbol(merge.substring(0, space).concat(merge.substring(space + 1)));
    long pair = (long) left << 32 | right;
    int slot = slotOf(pair);
    if (slots[slot] < 0) { // of a merge that is listed twice, the first counts
      slots[slot] = pair;
      slots[slot + 1] = rank;
    }
  }

  private int symbol(String text, int from, int to) {
    int id = tokens.find(text, from, to);
    return id >= 0 ? id : symbol(text.substring(from, to));
  }

  private int symbol(String text) {
    int id = tokens.find(text);
    if (id >= 0) {
      return id;
    }
    Integer known = others.putIfAbsent(text, tokens.size() + otherTexts.size());
    if (known != null) {
      return known;
    }
    otherTexts.add(text);
    return tokens.size() + otherTexts.size() - 1;
  }

  private int slotOf(long pair) {
    int mask = slots.length - 1;
    long mixed = pair * factor;
    int slot = (int) ((mixed ^ mixed >>> 32) * 0x9E3779B97F4A7C15L >>> shift) << 1;
    while (slots[slot] >= 0 && slots[slot] != pair) {
      slot = slot + 2 & mask;
    }
    return slot;
  }

  /** The symbol that a byte starts as. */
  int byteSymbol(int b) {
    return byteSymbols[b];
  }

  /** Rank of the merge of two symbols, or -1. */
  int rank(int left, int right) {
    return (int) slots[slotOf((long) left << 32 | right) + 1];
  }

  /** The symbol that a merge gives. */
  int merged(int rank) {
    return merged[rank];
  }

  /**
   * Adds the tokens of a symbol: the symbol itself, or the tokens of its characters if the symbol
   * is none (a merge need not give a token); characters without a token are left out.
   */
  void emit(int symbol, IntList out) {
    if (symbol < tokens.size()) {
      out.add(symbol);
      return;
    }
    String text = otherTexts.get(symbol - tokens.size());
    for (int i = 0; i < text.length(); i++) {
      int id = tokens.find(text, i, i + 1);
      if (id >= 0) {
        out.add(id);
      }
    }
  }
}
