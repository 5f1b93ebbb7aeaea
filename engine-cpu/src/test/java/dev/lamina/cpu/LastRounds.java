package dev.lamina.cpu;

import java.util.Arrays;

/**
 * Bytes that the last rounds of a test have allocated. Until everything is compiled, vectors are
 * boxed, so the first rounds do not count; one lucky round does not count either.
 */
public final class LastRounds {
  private final long[] bytes = new long[5];
  private int rounds;

  /** Notes a round. */
  public void add(long allocated) {
    bytes[rounds++ % bytes.length] = allocated;
  }

  /** Their median; the largest number as long as there were too few. */
  public long median() {
    return rounds < bytes.length
        ? Long.MAX_VALUE
        : Arrays.stream(bytes).sorted().toArray()[bytes.length / 2];
  }
}
