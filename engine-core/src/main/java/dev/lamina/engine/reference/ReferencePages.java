package dev.lamina.engine.reference;

import dev.lamina.engine.memory.Group;
import java.lang.foreign.MemorySegment;

/** The pages of what an operation keeps of sequences. */
interface ReferencePages {
  Group group();

  /** Copies a page to another one. */
  void copyPage(int from, int to);

  /** Bytes of a page. */
  long pageBytes();

  /** Copies a page to memory. */
  void readPage(int page, MemorySegment to);

  /** Replaces a page by what {@link #readPage} gave. */
  void writePage(int page, MemorySegment from);
}
