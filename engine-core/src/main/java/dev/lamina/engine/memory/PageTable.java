package dev.lamina.engine.memory;

import java.util.Arrays;

/** The pages of a sequence's positions: page i holds {@link #POSITIONS} positions from 64 i on. */
public final class PageTable {
  /** Positions of a page. */
  public static final int POSITIONS = 64;

  private int[] pages = new int[4];
  private int size;

  /** Every n-th page from one on, below an end, and from there again, up to a number of entries. */
  public static PageTable every(int n, int from, int end, int size) {
    PageTable table = new PageTable();
    for (int page = from; table.size < size; page = page + n < end ? page + n : from) {
      table.append(page);
    }
    return table;
  }

  /** Number of pages that hold some positions. */
  public static int pagesOf(int positions) {
    return Math.ceilDiv(positions, POSITIONS);
  }

  /** Number of pages. */
  public int size() {
    return size;
  }

  /** The number of page i; -1 if it is no longer needed. */
  public int get(int i) {
    return pages[i];
  }

  /** The number of the last page. */
  int last() {
    return pages[size - 1];
  }

  void set(int i, int page) {
    pages[i] = page;
  }

  void append(int page) {
    if (size == pages.length) {
      pages = Arrays.copyOf(pages, 2 * size);
    }
    pages[size++] = page;
  }

  void shorten(int newSize) {
    size = newSize;
  }
}
