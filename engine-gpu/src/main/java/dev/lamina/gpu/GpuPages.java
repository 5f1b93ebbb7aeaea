package dev.lamina.gpu;

import dev.lamina.engine.memory.Group;
import java.lang.foreign.MemorySegment;

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

  /**
   * Copies a page to memory.
   *
   * @param staging takes the bytes in pieces of its size
   */
  void read(GpuApi api, HostBuffer staging, int page, MemorySegment to) {
    long most = staging.segment().byteSize();
    for (long at = 0; at < pageBytes; at += most) {
      long n = Math.min(most, pageBytes - at);
      api.download(buffer, page * pageBytes + at, staging, n);
      api.finish();
      MemorySegment.copy(staging.segment(), 0, to, at, n);
    }
  }

  /** Replaces a page by what {@link #read} gave. */
  void write(GpuApi api, HostBuffer staging, int page, MemorySegment from) {
    long most = staging.segment().byteSize();
    for (long at = 0; at < pageBytes; at += most) {
      long n = Math.min(most, pageBytes - at);
      MemorySegment.copy(from, at, staging.segment(), 0, n);
      api.upload(staging, buffer, page * pageBytes + at, n);
      api.finish();
    }
  }
}
