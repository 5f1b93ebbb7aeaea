package dev.lamina.gpu;

import dev.lamina.engine.memory.Group;

/**
 * The pages of what an operation keeps of sequences.
 *
 * @param pageBytes bytes of a page in this buffer
 */
record GpuPages(Group group, GpuBuffer buffer, long pageBytes) {
  /** Queues a copy of a page to another one. */
  void copy(GpuApi api, int from, int to) {
    api.copy(buffer, from * pageBytes, buffer, to * pageBytes, pageBytes);
  }
}
