package dev.lamina.engine.memory;

import java.util.LinkedHashMap;

/**
 * The pages of a group: how many sequences use each, and of which {@link Prefix} each is part. A
 * page of a prefix that no sequence uses is kept until its place is needed; the least recently used
 * go first.
 */
final class PagePool {
  private final int group;
  private final int[] users;
  private final Prefix[] prefixes;
  private final LinkedHashMap<Integer, Prefix> unused = new LinkedHashMap<>();
  private final int[] free;
  private int nFree;

  PagePool(int group, int pages) {
    this.group = group;
    this.users = new int[pages];
    this.prefixes = new Prefix[pages];
    this.free = new int[pages];
    for (int page = pages - 1; page >= 0; page--) {
      free[nFree++] = page;
    }
  }

  int size() {
    return users.length;
  }

  /** Pages that can be taken. */
  int available() {
    return nFree + unused.size();
  }

  /** Takes a page without contents; there must be one {@link #available}. */
  int take() {
    if (nFree == 0) {
      forget(unused.pollFirstEntry().getValue());
    }
    int page = free[--nFree];
    users[page] = 1;
    return page;
  }

  void retain(int page) {
    if (users[page]++ == 0) {
      unused.remove(page);
    }
  }

  void release(int page) {
    if (--users[page] > 0) {
      return;
    }
    if (prefixes[page] == null) {
      free[nFree++] = page;
    } else {
      unused.put(page, prefixes[page]);
    }
  }

  /** Whether several sequences use a page. */
  boolean isShared(int page) {
    return users[page] > 1;
  }

  boolean isUsed(int page) {
    return users[page] > 0;
  }

  /** Whether a page is part of a prefix. */
  boolean isKnown(int page) {
    return prefixes[page] != null;
  }

  /** Makes a page part of a prefix. */
  void bind(int page, Prefix prefix) {
    prefixes[page] = prefix;
    prefix.setPage(group, page);
  }

  /** Takes a page that is about to change out of its prefix. */
  void unbind(int page) {
    if (prefixes[page] != null) {
      prefixes[page].setPage(group, -1);
      prefixes[page] = null;
    }
  }

  /** Frees all pages that no sequence uses. */
  void forgetUnused() {
    while (!unused.isEmpty()) {
      forget(unused.pollFirstEntry().getValue());
    }
  }

  private void forget(Prefix prefix) {
    int page = prefix.page(group);
    unbind(page);
    free[nFree++] = page;
  }
}
