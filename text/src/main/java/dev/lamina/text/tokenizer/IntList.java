package dev.lamina.text.tokenizer;

import java.util.Arrays;

/** A growing array of token ids. */
final class IntList {
  private int[] values = new int[64];
  private int size;

  void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  void addAll(int[] ids) {
    if (size + ids.length > values.length) {
      values = Arrays.copyOf(values, Math.max(2 * size, size + ids.length));
    }
    System.arraycopy(ids, 0, values, size, ids.length);
    size += ids.length;
  }

  int size() {
    return size;
  }

  /** The values from {@code from} on. */
  int[] toArray(int from) {
    return Arrays.copyOfRange(values, from, size);
  }
}
