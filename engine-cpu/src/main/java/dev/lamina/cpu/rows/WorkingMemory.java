package dev.lamina.cpu.rows;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * All values that a stack computes with, in one array, so that machine code needs a single address:
 * activations, the weights of norms, tables. First all room is reserved, then the array is made.
 */
public final class WorkingMemory {
  private final List<float[]> contents = new ArrayList<>();
  private final List<Integer> places = new ArrayList<>();
  private long size;
  private float[] floats;
  private MemorySegment segment;

  /**
   * Reserves room and returns the index of its first element, a multiple of 16.
   *
   * @throws ArithmeticException if all is more than an array holds
   */
  public int reserve(long length) {
    if (floats != null) {
      throw new IllegalStateException("the array is made already");
    }
    int at = Math.toIntExact(size);
    size += room(length);
    return at;
  }

  /** Reserves room for values that do not change. */
  public int reserve(float[] values) {
    int at = reserve(values.length);
    contents.add(values);
    places.add(at);
    return at;
  }

  /** Number of elements that are reserved for a length. */
  public static long room(long length) {
    return Math.ceilDiv(length, 16L) * 16;
  }

  /** Makes the array, of zeros and the values that do not change. */
  public void make() {
    floats = new float[Math.toIntExact(size)];
    segment = MemorySegment.ofArray(floats);
    for (int i = 0; i < contents.size(); i++) {
      float[] values = contents.get(i);
      System.arraycopy(values, 0, floats, places.get(i), values.length);
    }
    contents.clear();
  }

  /** The array; null until it is made. */
  public float[] floats() {
    return floats;
  }

  /** The same as a segment. */
  public MemorySegment segment() {
    return segment;
  }
}
