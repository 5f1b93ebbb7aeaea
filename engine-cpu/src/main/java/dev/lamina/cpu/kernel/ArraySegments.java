package dev.lamina.cpu.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Arrays as segments for one worker. The segments are cached, because the compiler does not always
 * remove the objects.
 */
public final class ArraySegments {
  /** Number of cached segments: at least the arrays that a session multiplies and writes. */
  private static final int SEGMENTS = 16;

  private final float[][] arrays = new float[SEGMENTS][];
  private final MemorySegment[] segments = new MemorySegment[SEGMENTS];
  private int next;

  /** The segment of an array. */
  @SuppressWarnings("ReferenceEquality") // the same array, not an equal one
  public MemorySegment of(float[] array) {
    for (int i = 0; i < SEGMENTS; i++) {
      if (arrays[i] == array) {
        return segments[i];
      }
    }
    next = (next + 1) % SEGMENTS;
    arrays[next] = array;
    segments[next] = MemorySegment.ofArray(array);
    return segments[next];
  }
}
