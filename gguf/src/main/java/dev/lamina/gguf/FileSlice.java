package dev.lamina.gguf;

import java.lang.foreign.MemorySegment;

/**
 * Bytes of a tensor in its file.
 *
 * @param at where they begin
 * @param size in bytes
 */
record FileSlice(FileBytes file, long at, long size) {
  /** Copies some of them, as {@link FilePiece#copy}. */
  void copy(long from, MemorySegment to, long toAt, long n) {
    file.copy(at + from, to, toAt, n);
  }

  /** All of them; null if they are not in memory or mapped, in one piece. */
  MemorySegment view() {
    return file.view(at, size);
  }

  /** All of them; copied unless there is a view. */
  MemorySegment read() {
    return file.slice(at, size);
  }
}
