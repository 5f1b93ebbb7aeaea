package dev.lamina.text.tokenizer;

import java.util.concurrent.ThreadLocalRandom;

/** The hash of UTF-8 in the tables of tokens and merges. No file can know which texts collide. */
final class TextHash {
  private static final long FACTOR = ThreadLocalRandom.current().nextLong() | 1;

  private TextHash() {}

  /** Mixed after each byte: a plain polynomial has known collisions for every factor. */
  static int of(byte[] utf8, int from, int to) {
    long hash = FACTOR;
    for (int i = from; i < to; i++) {
      hash = (hash ^ utf8[i]) * FACTOR;
      hash ^= hash >>> 29;
    }
    return (int) (hash >>> 32);
  }
}
