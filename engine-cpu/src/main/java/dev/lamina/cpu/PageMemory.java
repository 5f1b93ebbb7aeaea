package dev.lamina.cpu;

import dev.lamina.engine.memory.Group;

/** The pages of what an operation keeps of sequences. */
interface PageMemory {
  Group group();

  /** Copies a page to another one. */
  void copyPage(int from, int to);
}
