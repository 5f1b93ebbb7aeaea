package dev.lamina.engine.memory;

/** Layers that keep the same of a sequence between passes, and hence use the same pages of it. */
public sealed interface Group {
  /** Pages that are kept of a sequence of some length, for its next token. */
  int pages(int length);

  /** Layers that keep the keys and values of all positions. */
  Window ALL = new Window(Integer.MAX_VALUE);

  /**
   * Layers that see the last positions only; pages before them are given back.
   *
   * @param positions that a token sees, its own included
   */
  record Window(int positions) implements Group {
    @Override
    public int pages(int length) {
      return PageTable.pagesOf(length) - firstPage(length);
    }

    /** First position that a token sees. */
    public int first(int position) {
      return Math.max(0, position - positions + 1);
    }

    /** First page that a token needs. */
    public int firstPage(int position) {
      return first(position) / PageTable.POSITIONS;
    }
  }

  /**
   * Layers with a state that every token changes. A sequence has one page of it; the pages of
   * others are the states after their whole pages of tokens.
   */
  record Recurrent() implements Group {
    @Override
    public int pages(int length) {
      return length == 0 ? 0 : 1;
    }
  }
}
