package dev.lamina.engine.memory;

/**
 * Layers that keep the same of a sequence between passes, and hence use the same pages of it.
 * Groups are equal if they keep alike. (No record: comparing records costs a start some of its
 * time.)
 */
public final class Group {
  /** Layers that keep the keys and values of all positions. */
  public static final Group ALL = window(Integer.MAX_VALUE);

  /**
   * Layers with a state that every token changes. A sequence has one page of it; other pages are
   * the states after whole pages of tokens.
   */
  public static final Group RECURRENT = new Group(0);

  /** Positions that a token sees; 0 with a state. */
  private final int window;

  private Group(int window) {
    this.window = window;
  }

  /**
   * Layers that see the last positions only; pages before them are given back.
   *
   * @param positions that a token sees, its own included
   */
  public static Group window(int positions) {
    if (positions < 1) {
      throw new IllegalArgumentException("a window of " + positions + ", expected 1 or more");
    }
    return new Group(positions);
  }

  public boolean isRecurrent() {
    return window == 0;
  }

  /** Positions that a token sees. */
  public int window() {
    return window;
  }

  /** First position that a token sees. */
  public int first(int position) {
    return Math.max(0, position - window + 1);
  }

  /** Pages that are kept of a sequence of some length, for its next token. */
  public int pages(int length) {
    return isRecurrent() ? Math.min(1, length) : PageTable.pagesOf(length) - firstPage(length);
  }

  /** First page that the token at a position needs. */
  int firstPage(int position) {
    return first(position) / PageTable.POSITIONS;
  }

  /** Entries in the page table of a sequence of some length. */
  int tableSize(int length) {
    return isRecurrent() ? Math.min(1, length) : PageTable.pagesOf(length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Group group && group.window == window;
  }

  @Override
  public int hashCode() {
    return window;
  }

  @Override
  public String toString() {
    if (isRecurrent()) {
      return "state";
    }
    return window == Integer.MAX_VALUE ? "all positions" : "window of " + window;
  }
}
