package dev.lamina.text.tokenizer;

import java.util.Arrays;

/**
 * Merges neighboring symbols of one word, the pair of the lowest rank first and of equal ranks the
 * leftmost, until no pair has a rank: in O(n log n). Not for use by several threads.
 */
abstract class SymbolMerger {
  private static final int NONE = -1;

  /** Fields of a node; side by side, since long words do not fit the cache. */
  private static final int PREVIOUS = 0;

  private static final int NEXT = 1;

  /** Rank of the pair that begins here; NONE also for a symbol that is merged away. */
  private static final int RANK = 2;

  private static final int VALUE = 3;

  private int[] nodes = new int[4 * 32];

  /**
   * Heap of {@code rank << 32 | left}, four children each; entries of changed pairs are skipped.
   */
  private long[] heap = new long[32];

  private int heapSize;

  /** Rank of the pair of the symbols at two places in the word, or -1. */
  abstract int rank(int left, int right);

  /** The symbol at left absorbs the one after it; theirs is the rank. */
  abstract void merge(int left, int rank);

  /** Makes room for a word. */
  final void begin(int symbols) {
    if (symbols > nodes.length / 4) {
      nodes = new int[Math.multiplyExact(4, symbols)];
      heap = new long[symbols];
    }
  }

  /** The subclass's value of the symbol at a place. */
  final int value(int at) {
    return nodes[4 * at + VALUE];
  }

  final void setValue(int at, int value) {
    nodes[4 * at + VALUE] = value;
  }

  /** The place of the symbol after the one at {@code at}, or -1. */
  final int next(int at) {
    return nodes[4 * at + NEXT];
  }

  /**
   * Merges the symbols of a word after its values are set; {@link #next} then walks the remaining
   * symbols, from 0.
   */
  final void mergeAll(int count) {
    for (int i = 0; i < count; i++) {
      nodes[4 * i + PREVIOUS] = i - 1;
      nodes[4 * i + NEXT] = i + 1 < count ? i + 1 : NONE;
    }
    heapSize = 0;
    for (int i = 0; i < count; i++) {
      offer(i);
    }
    while (heapSize > 0) {
      long best = pop();
      int left = (int) best;
      if (nodes[4 * left + RANK] == (int) (best >>> 32)) {
        join(left);
      }
    }
  }

  private void join(int left) {
    int right = next(left);
    int after = next(right);
    merge(left, nodes[4 * left + RANK]);
    nodes[4 * right + RANK] = NONE;
    nodes[4 * left + NEXT] = after;
    if (after != NONE) {
      nodes[4 * after + PREVIOUS] = left;
    }
    if (nodes[4 * left + PREVIOUS] != NONE) {
      offer(nodes[4 * left + PREVIOUS]);
    }
    offer(left);
  }

  private void offer(int left) {
    int right = next(left);
    int rank = right == NONE ? NONE : rank(left, right);
    nodes[4 * left + RANK] = rank;
    if (rank != NONE) {
      push((long) rank << 32 | left);
    }
  }

  private void push(long value) {
    if (heapSize == heap.length) {
      heap = Arrays.copyOf(heap, heapSize + (heapSize >> 1));
    }
    int hole = heapSize++;
    while (hole > 0 && heap[hole - 1 >> 2] > value) {
      heap[hole] = heap[hole - 1 >> 2];
      hole = hole - 1 >> 2;
    }
    heap[hole] = value;
  }

  private long pop() {
    long root = heap[0];
    long value = heap[--heapSize];
    int hole = 0;
    int child = 1;
    while (child < heapSize) {
      int least = child;
      for (int i = child + 1; i < Math.min(child + 4, heapSize); i++) {
        least = heap[i] < heap[least] ? i : least;
      }
      if (heap[least] >= value) {
        break;
      }
      heap[hole] = heap[least];
      hole = least;
      child = 4 * hole + 1;
    }
    heap[hole] = value;
    return root;
  }
}
