package dev.lamina.text.tokenizer;

import java.util.BitSet;

/**
 * A piece of text as code points, each with its {@link UnicodeClass}, and the places where
 * pre-tokenizer rules have cut it into words.
 */
final class CodePoints {
  private final int[] values;
  private final byte[] classes;
  private final int length;
  private final BitSet cuts;

  /**
   * @param text without unpaired surrogates
   */
  CodePoints(String text) {
    values = new int[text.length()];
    classes = new byte[text.length()];
    int n = 0;
    for (int i = 0; i < text.length(); i += Character.charCount(values[n++])) {
      values[n] = text.codePointAt(i);
      classes[n] = UnicodeClass.of(values[n]);
    }
    length = n;
    cuts = new BitSet(n + 1);
    cuts.set(n);
  }

  int length() {
    return length;
  }

  int value(int at) {
    return values[at];
  }

  boolean is(int at, byte unicodeClass) {
    return classes[at] == unicodeClass;
  }

  byte unicodeClass(int at) {
    return classes[at];
  }

  /** End of the run, from {@code at}, of one class. */
  int endOfRun(int at, int end, byte unicodeClass) {
    int p = at;
    while (p < end && classes[p] == unicodeClass) {
      p++;
    }
    return p;
  }

  /** Makes a word begin at {@code at}. */
  void cut(int at) {
    cuts.set(at);
  }

  /** End of the word that begins at {@code start}. */
  int endOfWord(int start) {
    return cuts.nextSetBit(start + 1);
  }
}
