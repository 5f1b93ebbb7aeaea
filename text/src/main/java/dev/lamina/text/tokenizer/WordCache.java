package dev.lamina.text.tokenizer;

/**
 * Token ids of words seen before: a bounded table in which a word displaces another. Safe for
 * several threads: entries are immutable, and it does no harm to lose one.
 */
final class WordCache {
  private static final int BITS = 14;
  private static final int MAX_LENGTH = 48;

  private record Entry(String word, int[] ids) {}

  private final Entry[] entries = new Entry[1 << BITS];

  /** Ids of the word {@code text[from, to)}, or null. */
  int[] get(String text, int from, int to) {
    if (to - from > MAX_LENGTH) {
      return null;
    }
    Entry entry = entries[slot(text, from, to)];
    return entry != null
            && entry.word.length() == to - from
            && entry.word.regionMatches(0, text, from, to - from)
        ? entry.ids
        : null;
  }

  void put(String text, int from, int to, int[] ids) {
    if (to - from <= MAX_LENGTH) {
      entries[slot(text, from, to)] = new Entry(text.substring(from, to), ids);
    }
  }

  private static int slot(String text, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + text.charAt(i);
    }
    return hash * 0x9E3779B9 >>> 32 - BITS;
  }
}
