package dev.lamina.gguf;

import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * The elements of a metadata array of strings, kept as UTF-8, one after the other. A vocabulary has
 * hundreds of thousands of them, so a String is made only of one that is asked for.
 */
public final class TextArray extends AbstractList<String> implements RandomAccess {
  private final byte[] bytes;

  /** Where each text begins, and where the last one ends. */
  private final int[] starts;

  /**
   * @param bytes well-formed UTF-8
   * @param starts of each text, then the end of the last
   */
  TextArray(byte[] bytes, int[] starts) {
    this.bytes = bytes;
    this.starts = starts;
  }

  /** The same texts; what is no character in them, half a surrogate pair, is a question mark. */
  public static TextArray of(List<String> texts) {
    if (texts instanceof TextArray same) {
      return same;
    }
    TextArrayBuilder builder = new TextArrayBuilder(texts.size(), 8L * texts.size());
    for (String text : texts) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      builder.add(utf8, 0, utf8.length);
    }
    return builder.build();
  }

  @Override
  public int size() {
    return starts.length - 1;
  }

  @Override
  public String get(int index) {
    Objects.checkIndex(index, size());
    int start = starts[index];
    return new String(bytes, start, starts[index + 1] - start, StandardCharsets.UTF_8);
  }

  /** The UTF-8 of all texts, not to be changed: that of one is {@code [start(i), end(i))}. */
  public byte[] bytes() {
    return bytes;
  }

  public int start(int index) {
    return starts[index];
  }

  public int end(int index) {
    return starts[index + 1];
  }

  /** Whether a text is the same as some bytes. */
  public boolean is(int index, byte[] other, int from, int to) {
    return Arrays.equals(bytes, starts[index], starts[index + 1], other, from, to);
  }
}
