package dev.lamina.engine.sampling;

/** A binary heap in the front of an array, the least value at its root. */
final class LongHeap {
  private LongHeap() {}

  static void heapify(long[] heap, int size) {
    for (int i = size / 2 - 1; i >= 0; i--) {
      siftDown(heap, i, size);
    }
  }

  /** Moves the root to {@code heap[size - 1]} and returns it; the others stay a heap. */
  static long pop(long[] heap, int size) {
    long root = heap[0];
    heap[0] = heap[size - 1];
    heap[size - 1] = root;
    siftDown(heap, 0, size - 1);
    return root;
  }

  static void siftDown(long[] heap, int start, int size) {
    long value = heap[start];
    int hole = start;
    int child = 2 * hole + 1;
    while (child < size) {
      if (child + 1 < size && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= value) {
        break;
      }
      heap[hole] = heap[child];
      hole = child;
      child = 2 * hole + 1;
    }
    heap[hole] = value;
  }

  /** Sorts the first {@code n} of a heap, the largest first: each pop puts the least at the end. */
  static void sort(long[] heap, int n) {
    for (int end = n; end > 1; end--) {
      pop(heap, end);
    }
  }
}
