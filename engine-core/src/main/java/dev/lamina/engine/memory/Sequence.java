package dev.lamina.engine.memory;

import java.util.Arrays;

/**
 * Tokens that were evaluated one after the other, and the pages of their keys and values. Sequences
 * share the pages of a common start; a page is copied before it changes for one of them. Used by
 * the thread that uses the {@link Memory}.
 */
public final class Sequence implements AutoCloseable {
  private final Memory memory;
  private final PageTable pages = new PageTable();
  private int[] tokens = new int[PageTable.POSITIONS];
  private int position;

  Sequence(Memory memory) {
    this.memory = memory;
  }

  /** Number of tokens evaluated so far. */
  public int position() {
    return position;
  }

  /** The evaluated tokens, of which there may be more than {@link #position}; not to be changed. */
  public int[] tokens() {
    return tokens;
  }

  public PageTable pages() {
    return pages;
  }

  /** Length of the longest common start of these tokens and the evaluated ones. */
  public int commonStart(int[] others) {
    int mismatch = Arrays.mismatch(others, 0, others.length, tokens, 0, position);
    return mismatch < 0 ? Math.min(position, others.length) : mismatch;
  }

  /**
   * Goes on with tokens that other sequences have evaluated after the same start, a whole page at a
   * time.
   *
   * @param all tokens of this sequence, evaluated and not
   * @param most tokens that the sequence has afterwards at most
   * @return how many were added
   */
  public int reuse(int[] all, int most) {
    int before = position;
    while (position % PageTable.POSITIONS == 0 && position + PageTable.POSITIONS <= most) {
      int page = memory.take(lastPage(), all, position);
      if (page < 0) {
        break;
      }
      pages.append(page);
      append(all, position, PageTable.POSITIONS);
    }
    return position - before;
  }

  private int lastPage() {
    return pages.size() == 0 ? -1 : pages.get(pages.size() - 1);
  }

  /** Number of pages that {@link #reserve} would take. */
  public int pagesFor(int count) {
    int needed = PageTable.pagesOf(position + count) - pages.size();
    return needed + (count > 0 && changesShared() ? 1 : 0);
  }

  private boolean changesShared() {
    return position % PageTable.POSITIONS != 0 && memory.isShared(lastPage());
  }

  /**
   * Makes room for the next tokens, in pages that nobody else uses.
   *
   * @return false if there are not enough pages; nothing has changed then
   */
  public boolean reserve(int count) {
    if (pagesFor(count) > memory.available()) {
      return false;
    }
    if (count > 0 && position % PageTable.POSITIONS != 0) {
      int last = position / PageTable.POSITIONS;
      if (memory.isShared(pages.get(last))) {
        pages.set(last, memory.copy(pages.get(last)));
      } else {
        memory.change(pages.get(last));
      }
    }
    while (pages.size() < PageTable.pagesOf(position + count)) {
      pages.append(memory.take());
    }
    return true;
  }

  /** Notes that tokens were evaluated, for which room was reserved. */
  public void advance(int[] ids, int offset, int count) {
    int firstFull = position / PageTable.POSITIONS;
    append(ids, offset, count);
    for (int i = firstFull; i < position / PageTable.POSITIONS; i++) {
      int parent = i == 0 ? -1 : pages.get(i - 1);
      pages.set(i, memory.fill(pages.get(i), parent, tokens, i * PageTable.POSITIONS));
    }
  }

  private void append(int[] ids, int offset, int count) {
    if (position + count > tokens.length) {
      tokens = Arrays.copyOf(tokens, Math.max(2 * tokens.length, position + count));
    }
    System.arraycopy(ids, offset, tokens, position, count);
    position += count;
  }

  /** A new sequence of the same tokens. */
  public Sequence fork() {
    Sequence fork = new Sequence(memory);
    for (int i = 0; i < pages.size(); i++) {
      memory.retain(pages.get(i));
      fork.pages.append(pages.get(i));
    }
    fork.append(tokens, 0, position);
    return fork;
  }

  /** Forgets all tokens from this position on. */
  public void rewind(int newPosition) {
    if (newPosition < 0 || newPosition > position) {
      throw new IllegalArgumentException("cannot go from " + position + " to " + newPosition);
    }
    position = newPosition;
    release(PageTable.pagesOf(position));
  }

  /** Gives back pages from the last to one; the last ones are the first to be used for others. */
  private void release(int from) {
    for (int i = pages.size() - 1; i >= from; i--) {
      memory.release(pages.get(i));
    }
    pages.shorten(from);
  }

  /** Gives back all pages; the sequence can begin anew. */
  @Override
  public void close() {
    rewind(0);
  }
}
