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
      int first = group(g).isRecurrent() ? length / N - 1 : group(g).firstPage(length);
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
      int entries = group(g).tableSize(length);
      int first = entries - group(g).pages(length);
      for (int i = 0; i < entries; i++) {
        table.append(-1);
      }
      Prefix at = start;
      for (int i = entries - 1; i >= first; i--, at = at.parent()) {
        table.set(i, at.page(g));
        memory.pool(g).retain(at.page(g));
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

  /** Whether there are the pages that {@link #reserve} takes. */
  private boolean hasRoom(int count) {
    for (int g = 0; g < tables.length; g++) {
      int needed = group(g).tableSize(position + count) - tables[g].size();
      if (changesLast(g) && memory.pool(g).isShared(tables[g].last())) {
        needed++;
      }
      if (needed > memory.available(g)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the next token changes the last page. */
  private boolean changesLast(int g) {
    return position > 0 && (group(g).isRecurrent() || position % N != 0);
  }

  /**
   * Makes room for the next tokens, in pages that nobody else uses.
   *
   * @return false if there are not enough pages; nothing has changed then
   */
  public boolean reserve(int count) {
    if (count == 0) {
      return true;
    }
    if (!hasRoom(count)) {
      return false;
    }
    for (int g = 0; g < tables.length; g++) {
      if (changesLast(g)) {
        own(g);
      }
      while (tables[g].size() < group(g).tableSize(position + count)) {
        tables[g].append(memory.pool(g).take());
      }
    }
    return true;
  }

  private Group group(int g) {
    return memory.groups().get(g);
  }

  /** Makes the last page the sequence's own. A start keeps its state, if there is room. */
  private void own(int g) {
    PagePool pool = memory.pool(g);
    int page = tables[g].last();
    boolean keep = group(g).isRecurrent() && pool.isKnown(page) && pool.available() > 0;
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
      int entries = group(g).tableSize(length);
      int first = entries - group(g).pages(length);
      for (int i = 0; i < entries; i++) {
        tables[g].append(i < first ? -1 : memory.pool(g).take());
      }
    }
  }

  /** The pages that are kept for the next token, in the order of their positions. */
  public int[] keptPages(int g) {
    int end = group(g).tableSize(position);
    return IntStream.range(end - group(g).pages(position), end).map(tables[g]::get).toArray();
  }

  /** Notes that tokens were evaluated, for which room was reserved. */
  public void advance(int[] ids, int offset, int count) {
    int firstFull = position / N;
    append(ids, offset, count);
    for (int i = firstFull; i < position / N; i++) {
      Prefix full = prefix.makeChild(tokens, i * N);
      begin(full);
      for (int g = 0; g < tables.length; g++) {
        if (!group(g).isRecurrent()) {
          fill(g, i, full);
        }
      }
    }
    for (int g = 0; g < tables.length; g++) {
      if (!group(g).isRecurrent()) {
        drop(g, group(g).firstPage(position));
      } else if (position % N == 0) {
        fill(g, 0, prefix);
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
      if (group(g).isRecurrent()) {
        return false;
      }
      for (int i = group(g).firstPage(length); i < PageTable.pagesOf(length); i++) {
        if (tables[g].get(i) < 0) {
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
      release(g, tables[g], group(g).tableSize(position));
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
