package dev.lamina.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Copies from mapped files. Pages of a mapping are lost when the file shrinks or its disk fails.
 * Where the JVM itself copies, it turns that into an {@link InternalError}; vector loads and
 * machine code crash the process. So everything that computes with mapped bytes copies them here
 * first.
 */
final class MappedMemory {
  private static final Object NO_LOCK = new Object();
  private static final long PAGE = 4096;

  private MappedMemory() {}

  /**
   * Copies bytes.
   *
   * @throws InternalError if a page of the mapping cannot be read; the target then holds anything
   */
  static void copy(MemorySegment from, long at, MemorySegment to, long toAt, long n) {
    MemorySegment.copy(from, at, to, toAt, n);
    if (from.isMapped()) {
      throwPendingError();
    }
  }

  /**
   * Reads a byte of each page, which brings them into memory.
   *
   * @return their sum, which keeps the reads from being optimized away
   * @throws InternalError if a page of the mapping cannot be read
   */
  static int touch(MemorySegment bytes) {
    int sum = 0;
    for (long at = 0; at < bytes.byteSize(); at += PAGE) {
      sum += bytes.get(ValueLayout.JAVA_BYTE, at);
    }
    throwPendingError();
    return sum;
  }

  /**
   * The JVM throws the error at its next check for events of this thread, which could be anywhere
   * later. It checks when a native method returns, such as the one called here.
   */
  private static void throwPendingError() {
    if (Thread.holdsLock(NO_LOCK)) {
      throw new AssertionError();
    }
  }
}
