package dev.lamina.gguf;

import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;

/** Bytes of a file, or of a piece that a file was cut into, wherever they are. */
interface FilePiece {
  long size();

  /**
   * Copies {@code [at, at + n)}. Any thread may call it.
   *
   * @throws InternalError if a page of a mapped file cannot be read
   * @throws UncheckedIOException if the file cannot be read
   */
  void copy(long at, MemorySegment to, long toAt, long n);

  /** All of it as a view; null if it is not in memory or mapped. */
  MemorySegment view();

  /**
   * Bytes in memory, or mapped.
   *
   * @param view read only
   */
  record InMemory(MemorySegment view) implements FilePiece {
    @Override
    public long size() {
      return view.byteSize();
    }

    @Override
    public void copy(long at, MemorySegment to, long toAt, long n) {
      MappedMemory.copy(view, at, to, toAt, n);
    }
  }
}
