package dev.lamina.engine.memory;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The pages of a loaded model's KV cache: which are free, how many sequences use each, and which
 * tokens the full ones hold. A page that no sequence uses any more keeps its contents, for a later
 * sequence that begins with the same tokens, until its place is needed; the least recently used go
 * first. Used by one thread at a time.
 */
public final class Memory {
  /** The key's parent of first pages. */
  private static final long NO_PARENT = -1;

  private final PageCopier copier;
  private final int[] references;

  /** The contents of full pages, null where they are not known. */
  private final Known[] known;

  private final Map<Contents, Known> byContents = new HashMap<>();

  /** Known pages that no sequence uses, the least recently used first. */
  private final LinkedHashMap<Integer, Known> unused = new LinkedHashMap<>();

  private final int[] free;
  private int nFree;
  private long nextSerial;

  /**
   * @param pages how many there are
   * @param copier copies a page's keys and values on all devices
   */
  public Memory(int pages, PageCopier copier) {
    this.copier = copier;
    this.references = new int[pages];
    this.known = new Known[pages];
    this.free = new int[pages];
    forgetAll();
  }

  /** A new sequence without tokens. */
  public Sequence sequence() {
    return new Sequence(this);
  }

  /** Number of pages. */
  public int pages() {
    return references.length;
  }

  /** Pages that can be taken: those without contents, and those that no sequence uses. */
  public int available() {
    return nFree + unused.size();
  }

  /** Pages that sequences use. */
  public int used() {
    return pages() - available();
  }

  /**
   * Number of tokens at the start of some that are in full pages, at most {@code most}; nothing is
   * taken.
   */
  public int knownStart(int[] tokens, int most) {
    long parent = NO_PARENT;
    int n = 0;
    while (n + PageTable.POSITIONS <= most) {
      Known page = byContents.get(contents(parent, tokens, n));
      if (page == null) {
        break;
      }
      parent = page.serial;
      n += PageTable.POSITIONS;
    }
    return n;
  }

  /** Number of {@link #available} pages that a new sequence of some tokens would take. */
  public int needed(int[] tokens, int count) {
    long parent = NO_PARENT;
    int needed = PageTable.pagesOf(count);
    for (int n = 0; n + PageTable.POSITIONS <= count; n += PageTable.POSITIONS) {
      Known page = byContents.get(contents(parent, tokens, n));
      if (page == null) {
        break;
      }
      parent = page.serial;
      needed -= references[page.page] > 0 ? 1 : 0;
    }
    return needed;
  }

  /** Forgets the contents of pages that no sequence uses, for when they are lost. */
  public void forgetUnused() {
    for (Known page : unused.values()) {
      forget(page);
      free[nFree++] = page.page;
    }
    unused.clear();
  }

  private void forgetAll() {
    for (int page = pages() - 1; page >= 0; page--) {
      free[nFree++] = page;
    }
  }

  /**
   * Takes the page that follows another one and holds these tokens.
   *
   * @param parent the page before, -1 for none
   * @return -1 if no page is known to
   */
  int take(int parent, int[] tokens, int from) {
    long serial = parent < 0 ? NO_PARENT : known[parent] == null ? -2 : known[parent].serial;
    Known page = byContents.get(contents(serial, tokens, from));
    if (page == null) {
      return -1;
    }
    retain(page.page);
    return page.page;
  }

  /** Takes a page without contents; there must be one {@link #available}. */
  int take() {
    if (nFree == 0) {
      Known oldest = unused.pollFirstEntry().getValue();
      forget(oldest);
      free[nFree++] = oldest.page;
    }
    int page = free[--nFree];
    references[page] = 1;
    return page;
  }

  void retain(int page) {
    if (references[page]++ == 0) {
      unused.remove(page);
    }
  }

  void release(int page) {
    if (--references[page] > 0) {
      return;
    }
    if (known[page] == null) {
      free[nFree++] = page;
    } else {
      unused.put(page, known[page]);
    }
  }

  /** Whether other sequences use a page too. */
  boolean isShared(int page) {
    return references[page] > 1;
  }

  /** Copies a page that is about to change to a page of its own. */
  int copy(int page) {
    int to = take();
    try {
      copier.copy(page, to);
    } catch (RuntimeException | Error e) {
      release(to);
      throw e;
    }
    release(page);
    return to;
  }

  /**
   * Makes known what a page holds that has become full.
   *
   * @param parent the page before, -1 for none
   * @return the page with these contents that was known before, which the caller has now instead;
   *     else the page itself
   */
  int fill(int page, int parent, int[] tokens, int from) {
    if (parent >= 0 && known[parent] == null) {
      return page;
    }
    Contents contents = contents(parent < 0 ? NO_PARENT : known[parent].serial, tokens, from);
    Known same = byContents.get(contents);
    if (same != null) {
      retain(same.page);
      release(page);
      return same.page;
    }
    known[page] = new Known(page, nextSerial++, contents);
    byContents.put(contents, known[page]);
    return page;
  }

  /** Forgets the contents of a page that is about to change. */
  void change(int page) {
    if (known[page] != null) {
      forget(known[page]);
    }
  }

  private void forget(Known page) {
    byContents.remove(page.contents);
    known[page.page] = null;
  }

  private static Contents contents(long parent, int[] tokens, int from) {
    return new Contents(parent, Arrays.copyOfRange(tokens, from, from + PageTable.POSITIONS));
  }

  /** Copies pages on all devices. */
  @FunctionalInterface
  public interface PageCopier {
    void copy(int from, int to);
  }

  /**
   * @param serial never given again, unlike the page's number
   */
  private record Known(int page, long serial, Contents contents) {}

  /**
   * What a page holds: its tokens, and by the page before all tokens before them.
   *
   * @param parent serial of the page before
   */
  private static final class Contents {
    final long parent;
    final int[] tokens;

    Contents(long parent, int[] tokens) {
      this.parent = parent;
      this.tokens = tokens;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Contents o && o.parent == parent && Arrays.equals(o.tokens, tokens);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(tokens) + Long.hashCode(parent);
    }
  }
}
