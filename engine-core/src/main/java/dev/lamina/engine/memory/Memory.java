package dev.lamina.engine.memory;

import java.util.List;

/**
 * What the sequences of a loaded model keep between passes, as numbers of pages: which are free,
 * how many sequences use each, and which tokens left the full ones. A page that no sequence uses
 * any more keeps its contents, for a later sequence that begins with the same tokens, until its
 * place is needed. Used by one thread at a time.
 */
public final class Memory {
  private final List<Group> groups;
  private final PageCopier copier;
  private final PagePool[] pools;
  private final Prefix root;

  /**
   * @param pages how many each group has
   * @param copier copies a page's contents on all devices
   */
  public Memory(List<Group> groups, int[] pages, PageCopier copier) {
    this.groups = List.copyOf(groups);
    this.copier = copier;
    this.root = Prefix.root(groups.size());
    this.pools = new PagePool[groups.size()];
    for (int i = 0; i < pools.length; i++) {
      pools[i] = new PagePool(i, pages[i]);
    }
  }

  /** A new sequence without tokens. */
  public Sequence sequence() {
    return new Sequence(this);
  }

  public List<Group> groups() {
    return groups;
  }

  /** Number of pages of a group. */
  public int pages(int group) {
    return pools[group].size();
  }

  /** Pages of a group that can be taken: free ones, and those that no sequence uses. */
  public int available(int group) {
    return pools[group].available();
  }

  /** Pages of a group that sequences use. */
  public int used(int group) {
    return pages(group) - available(group);
  }

  /** Most positions that a sequence can have. */
  public int mostPositions() {
    int all = groups.indexOf(Group.ALL);
    return all < 0 ? Integer.MAX_VALUE : pools[all].size() * PageTable.POSITIONS;
  }

  /** Whether so many pages of each group can be taken. */
  public boolean hasRoom(int[] needed) {
    for (int i = 0; i < pools.length; i++) {
      if (needed[i] > pools[i].available()) {
        return false;
      }
    }
    return true;
  }

  /** Pages of each group that a new sequence of some tokens would take at most. */
  public int[] needed(int[] tokens, int count) {
    int[] needed = new int[pools.length];
    for (int i = 0; i < needed.length; i++) {
      long seen = Math.min(count, (long) groups.get(i).window() + 2 * PageTable.POSITIONS);
      needed[i] = groups.get(i).tableSize((int) seen);
    }
    Prefix prefix = root;
    for (int n = 0; n + PageTable.POSITIONS <= count; n += PageTable.POSITIONS) {
      prefix = prefix.child(tokens, n);
      if (prefix == null) {
        break;
      }
      for (int i = 0; i < needed.length; i++) {
        boolean isAll = groups.get(i).equals(Group.ALL);
        needed[i] -= isAll && prefix.page(i) >= 0 && pools[i].isUsed(prefix.page(i)) ? 1 : 0;
      }
    }
    return needed;
  }

  /** Forgets the contents of pages that no sequence uses, for when they are lost. */
  public void forgetUnused() {
    for (PagePool pool : pools) {
      pool.forgetUnused();
    }
  }

  Prefix root() {
    return root;
  }

  PagePool pool(int group) {
    return pools[group];
  }

  /** Copies a page that is about to change to a page of its own. */
  int copy(int group, int page) {
    int to = pools[group].take();
    try {
      copier.copy(group, page, to);
    } catch (RuntimeException | Error e) {
      pools[group].release(to);
      throw e;
    }
    pools[group].release(page);
    return to;
  }

  /** Copies pages on all devices. */
  @FunctionalInterface
  public interface PageCopier {
    void copy(int group, int from, int to);
  }
}
