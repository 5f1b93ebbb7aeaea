package dev.lamina.cpu;

import java.util.Arrays;

/**
 * Bytes allocated in the last rounds of a test. Vectors are boxed until everything is compiled, so
 * the first rounds do not count; a single lucky round does not count either.
 */
public final class LastRounds {
  private final long[] bytes = new long[5];
  private int rounds;

  /** Adds a round. */
  public void add(long allocated) {
    bytes[rounds++ % bytes.length] = allocated;
  }

  /** The median of the rounds; the largest long while there are too few. */
  public long median() {
    return rounds < bytes.length
        ? Long.MAX_VALUE
        : Arrays.stream(bytes).sorted().toArray()[bytes.length / 2];
  }
}
