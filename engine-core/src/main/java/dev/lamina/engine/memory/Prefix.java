package dev.lamina.engine.memory;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A start of sequences: a page of tokens after another start, and the pages of each group that hold
 * what it left. It exists while it has pages, while sequences begin with it, or longer starts.
 */
final class Prefix {
  private final Prefix parent;
  private final Tokens tokens;
  private final int[] pages;
  private final Map<Tokens, Prefix> children = new HashMap<>();
  private int sequences;

  private Prefix(Prefix parent, Tokens tokens, int groups) {
    this.parent = parent;
    this.tokens = tokens;
    this.pages = new int[groups];
    Arrays.fill(pages, -1);
  }

  /** The start of all sequences: no tokens. */
  static Prefix root(int groups) {
    return new Prefix(null, null, groups);
  }

  Prefix parent() {
    return parent;
  }

  /** The page of a group, -1 if there is none any more. */
  int page(int group) {
    return pages[group];
  }

  void setPage(int group, int page) {
    pages[group] = page;
    removeIfUseless();
  }

  /** The start that goes on with the tokens from an index on; null if it is not known. */
  Prefix child(int[] all, int from) {
    return children.get(Tokens.of(all, from));
  }

  /** The start that goes on with the tokens from an index on. */
  Prefix makeChild(int[] all, int from) {
    return children.computeIfAbsent(
        Tokens.of(all, from), next -> new Prefix(this, next, pages.length));
  }

  void retain() {
    sequences++;
  }

  void release() {
    sequences--;
    removeIfUseless();
  }

  private void removeIfUseless() {
    if (parent == null || sequences > 0 || !children.isEmpty()) {
      return;
    }
    for (int page : pages) {
      if (page >= 0) {
        return;
      }
    }
    if (parent.children.remove(tokens, this)) {
      parent.removeIfUseless();
    }
  }

  /** The tokens of a page, compared by value. */
  private static final class Tokens {
    private final int[] ids;

    private Tokens(int[] ids) {
      this.ids = ids;
    }

    static Tokens of(int[] all, int from) {
      return new Tokens(Arrays.copyOfRange(all, from, from + PageTable.POSITIONS));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Tokens tokens && Arrays.equals(ids, tokens.ids);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(ids);
    }
  }
}
