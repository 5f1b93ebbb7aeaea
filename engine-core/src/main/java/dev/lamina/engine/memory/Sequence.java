package dev.lamina.engine.memory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tokens that were evaluated one after the other, and the pages of what they left. Sequences share
 * the pages of a common start; a page is copied before it changes for one of them. Used by the
 * thread that uses the {@link Memory}.
 */
public final class Sequence implements AutoCloseable {
  private static final int N = PageTable.POSITIONS;

  private final Memory memory;

  /** Of each group; that of a recurrent one has at most one page, the sequence's state. */
  private final PageTable[] tables;

  /** The whole pages of tokens. */
  private Prefix prefix;

  private int[] tokens = new int[N];
  private int position;

  Sequence(Memory memory) {
    this.memory = memory;
    this.prefix = memory.root();
    this.tables = new PageTable[memory.groups().size()];
    for (int i = 0; i < tables.length; i++) {
      tables[i] = new PageTable();
    }
    prefix.retain();
  }

  /** Number of tokens evaluated so far. */
  public int position() {
    return position;
  }

  /** The evaluated tokens, of which there may be more than {@link #position}; not to be changed. */
  public int[] tokens() {
    return tokens;
  }

  /** The pages of each group. */
  public PageTable[] tables() {
    return tables;
  }

  /** Length of the longest common start of these tokens and the evaluated ones. */
  public int commonStart(int[] others) {
    int mismatch = Arrays.mismatch(others, 0, others.length, tokens, 0, position);
    return mismatch < 0 ? Math.min(position, others.length) : mismatch;
  }

  /**
   * Goes on with tokens that other sequences have evaluated after the same start, whole pages at a
   * time.
   *
   * @param all tokens of this sequence, evaluated and not
   * @param most tokens that the sequence has afterwards at most
   * @return how many were added
   */
  public int reuse(int[] all, int most) {
    if (position % N != 0) {
      return 0;
    }
    List<Prefix> path = new ArrayList<>();
    Prefix next = prefix;
    for (int n = position; n + N <= most; n += N) {
      next = next.child(all, n);
      if (next == null) {
        break;
      }
      path.add(next);
    }
    for (int i = path.size(); i > 0; i--) {
      if (isWhole(path.get(i - 1), position + N * i)) {
        int added = N * i;
        adopt(path.get(i - 1), all, position + added);
        return added;
      }
    }
    return 0;
  }

  /** Whether all groups have what a token after a start needs. */
  private boolean isWhole(Prefix start, int length) {
    for (int g = 0; g < tables.length; g++) {
      int first =
          switch (memory.groups().get(g)) {
            case Group.Window window -> window.firstPage(length);
            case Group.Recurrent() -> length / N - 1;
          };
      Prefix at = start;
      for (int i = length / N - 1; i >= first; i--, at = at.parent()) {
        if (at.page(g) < 0) {
          return false;
        }
      }
    }
    return true;
  }

  /** Takes the place after a whole start, with its pages. */
  private void adopt(Prefix start, int[] all, int length) {
    for (int g = 0; g < tables.length; g++) {
      PageTable before = tables[g];
      PageTable table = new PageTable();
      switch (memory.groups().get(g)) {
        case Group.Window window -> {
          int first = window.firstPage(length);
          Prefix at = start;
          for (int i = 0; i < length / N; i++) {
            table.append(-1);
          }
          for (int i = length / N - 1; i >= first; i--, at = at.parent()) {
            table.set(i, at.page(g));
            memory.pool(g).retain(at.page(g));
          }
        }
        case Group.Recurrent() -> {
          if (length > 0) { // the state before the first token is none
            table.append(start.page(g));
            memory.pool(g).retain(start.page(g));
          }
        }
      }
      release(g, before, 0);
      tables[g] = table;
    }
    begin(start);
    if (length > position) {
      append(all, position, length - position);
    }
    position = length;
  }

  private void begin(Prefix next) {
    next.retain();
    prefix.release();
    prefix = next;
  }

  /** Number of pages of each group that {@link #reserve} would take. */
  public int[] pagesFor(int count) {
    int[] needed = new int[tables.length];
    for (int g = 0; g < needed.length && count > 0; g++) {
      PageTable table = tables[g];
      needed[g] =
          switch (memory.groups().get(g)) {
            case Group.Window _ ->
                PageTable.pagesOf(position + count)
                    - table.size()
                    + (position % N != 0 && memory.pool(g).isShared(table.last()) ? 1 : 0);
            case Group.Recurrent() ->
                table.size() == 0 || memory.pool(g).isShared(table.last()) ? 1 : 0;
          };
    }
    return needed;
  }

  /**
   * Makes room for the next tokens, in pages that nobody else uses.
   *
   * @return false if there are not enough pages; nothing has changed then
   */
  public boolean reserve(int count) {
    if (!memory.hasRoom(pagesFor(count))) {
      return false;
    }
    for (int g = 0; g < tables.length && count > 0; g++) {
      switch (memory.groups().get(g)) {
        case Group.Window _ -> {
          if (position % N != 0) {
            own(g, false);
          }
          while (tables[g].size() < PageTable.pagesOf(position + count)) {
            tables[g].append(memory.pool(g).take());
          }
        }
        case Group.Recurrent() -> {
          if (tables[g].size() == 0) {
            tables[g].append(memory.pool(g).take());
          } else {
            own(g, true);
          }
        }
      }
    }
    return true;
  }

  /**
   * Makes the last page the sequence's own.
   *
   * @param keepKnown whether the page of a prefix is kept for it, if there is room
   */
  private void own(int g, boolean keepKnown) {
    PagePool pool = memory.pool(g);
    int page = tables[g].last();
    boolean keep = keepKnown && pool.isKnown(page) && pool.available() > 0;
    if (pool.isShared(page) || keep) {
      tables[g].set(tables[g].size() - 1, memory.copy(g, page));
    } else {
      pool.unbind(page);
    }
  }

  /**
   * Takes the pages that are kept of a sequence of some length, for contents from elsewhere; there
   * must be room for them. The sequence is empty; {@link #advance} follows.
   */
  public void takePages(int length) {
    for (int g = 0; g < tables.length; g++) {
      Group group = memory.groups().get(g);
      int all = group instanceof Group.Window ? PageTable.pagesOf(length) : group.pages(length);
      for (int i = 0; i < all; i++) {
        boolean isKept = i >= all - group.pages(length);
        tables[g].append(isKept ? memory.pool(g).take() : -1);
      }
    }
  }

  /** The pages that are kept for the next token, in the order of their positions. */
  public int[] keptPages(int g) {
    PageTable table = tables[g];
    Group group = memory.groups().get(g);
    int end = group instanceof Group.Window ? PageTable.pagesOf(position) : group.pages(position);
    return IntStream.range(end - group.pages(position), end).map(table::get).toArray();
  }

  /** Notes that tokens were evaluated, for which room was reserved. */
  public void advance(int[] ids, int offset, int count) {
    int firstFull = position / N;
    append(ids, offset, count);
    for (int i = firstFull; i < position / N; i++) {
      Prefix full = prefix.makeChild(tokens, i * N);
      begin(full);
      for (int g = 0; g < tables.length; g++) {
        if (memory.groups().get(g) instanceof Group.Window) {
          fill(g, i, full);
        }
      }
    }
    for (int g = 0; g < tables.length; g++) {
      switch (memory.groups().get(g)) {
        case Group.Window window -> drop(g, window.firstPage(position));
        case Group.Recurrent() -> {
          if (position % N == 0) {
            fill(g, 0, prefix);
          }
        }
      }
    }
  }

  /**
   * Makes known what a page holds; if another one is known to hold the same, takes that instead.
   */
  private void fill(int g, int index, Prefix full) {
    PagePool pool = memory.pool(g);
    int page = tables[g].get(index);
    int known = full.page(g);
    if (page < 0) {
      return; // evaluated elsewhere, and no longer kept
    }
    if (known < 0) {
      pool.bind(page, full);
    } else if (known != page) {
      pool.retain(known);
      pool.release(page);
      tables[g].set(index, known);
    }
  }

  /** Gives back pages before one. */
  private void drop(int g, int first) {
    for (int i = first - 1; i >= 0 && tables[g].get(i) >= 0; i--) {
      memory.pool(g).release(tables[g].get(i));
      tables[g].set(i, -1);
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
    for (int g = 0; g < tables.length; g++) {
      for (int i = 0; i < tables[g].size(); i++) {
        int page = tables[g].get(i);
        if (page >= 0) {
          memory.pool(g).retain(page);
        }
        fork.tables[g].append(page);
      }
    }
    fork.begin(prefix);
    fork.append(tokens, 0, position);
    return fork;
  }

  /**
   * Forgets the tokens from a position on. Where layers have forgotten what a token at this
   * position needs, more is forgotten.
   *
   * @return the new {@link #position}
   */
  public int rewind(int newPosition) {
    if (newPosition < 0 || newPosition > position) {
      throw new IllegalArgumentException("cannot go from " + position + " to " + newPosition);
    }
    if (newPosition < position && !shorten(newPosition)) {
      Prefix start = prefixAt(newPosition / N);
      int length = newPosition / N * N;
      while (length > 0 && !isWhole(start, length)) {
        start = start.parent();
        length -= N;
      }
      adopt(start, tokens, length);
    }
    releaseReserved();
    return position;
  }

  private Prefix prefixAt(int pages) {
    Prefix at = prefix;
    for (int i = position / N; i > pages; i--) {
      at = at.parent();
    }
    return at;
  }

  /** Goes back in the pages that there are; false if a group cannot. */
  private boolean shorten(int length) {
    for (int g = 0; g < tables.length; g++) {
      switch (memory.groups().get(g)) {
        case Group.Window window -> {
          for (int i = window.firstPage(length); i < PageTable.pagesOf(length); i++) {
            if (tables[g].get(i) < 0) {
              return false;
            }
          }
        }
        case Group.Recurrent() -> {
          return false;
        }
      }
    }
    begin(prefixAt(length / N));
    position = length;
    return true;
  }

  /** Gives back pages after the position. */
  private void releaseReserved() {
    for (int g = 0; g < tables.length; g++) {
      boolean isRecurrent = memory.groups().get(g) instanceof Group.Recurrent;
      int kept = isRecurrent ? Math.min(1, position) : PageTable.pagesOf(position);
      release(g, tables[g], kept);
    }
  }

  /** Gives back pages from the last to one; the last ones are the first to be used for others. */
  private void release(int g, PageTable table, int from) {
    for (int i = table.size() - 1; i >= from; i--) {
      if (table.get(i) >= 0) {
        memory.pool(g).release(table.get(i));
      }
    }
    table.shorten(Math.min(from, table.size()));
  }

  /** Gives back all pages; the sequence can begin anew. */
  @Override
  public void close() {
    for (int g = 0; g < tables.length; g++) {
      release(g, tables[g], 0);
    }
    begin(memory.root());
    position = 0;
  }
}
