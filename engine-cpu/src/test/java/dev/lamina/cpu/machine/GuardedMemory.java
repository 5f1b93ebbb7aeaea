package dev.lamina.cpu.machine;

import dev.lamina.cpu.system.NativeMemory;
import dev.lamina.cpu.system.Platform;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory between two guard pages. An access to a guard page ends the process. Linux only. */
final class GuardedMemory implements AutoCloseable {
  private static final long PAGE = 4096;
  private static final int NO_ACCESS = 0;

  private final NativeMemory system = NativeMemory.of(Platform.current());
  private final MemorySegment pages;

  /** The accessible memory. */
  final MemorySegment inner;

  /** Whether the next user gets the last bytes of {@link #inner}, or the first ones. */
  private final boolean atEnd;

  /**
   * @param bytes a multiple of the size of a page
   */
  @SuppressWarnings("restricted") // the system gave these pages
  GuardedMemory(long bytes, boolean atEnd) {
    this.atEnd = atEnd;
    long size = bytes + 2 * PAGE;
    this.pages = MemorySegment.ofAddress(system.allocate(size)).reinterpret(size);
    this.inner = pages.asSlice(PAGE, bytes);
    protect(pages.address());
    protect(pages.address() + PAGE + bytes);
  }

  private void protect(long page) {
    system.call("guard memory", r -> (int) r == 0, "mprotect", page, PAGE, NO_ACCESS);
  }

  /** This number of bytes next to a guard, all zeros. */
  MemorySegment take(long bytes) {
    return inner.asSlice(atEnd ? inner.byteSize() - bytes : 0, bytes).fill((byte) 0);
  }

  /** An arena that returns this memory for every allocation, even if it is in use. */
  Arena arena() {
    return new Arena() {
      @Override
      public MemorySegment allocate(long bytes, long alignment) {
        return take(bytes);
      }

      @Override
      public MemorySegment.Scope scope() {
        return pages.scope();
      }

      @Override
      public void close() {
        throw new UnsupportedOperationException();
      }
    };
  }

  @Override
  public void close() {
    system.free(pages.address(), pages.byteSize());
  }
}
