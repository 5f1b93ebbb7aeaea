package dev.lamina.cpu.system;

import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.NativeAccess;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory for repacked weights in large pages, on systems that give them on request (Linux with
 * {@code transparent_hugepage} set to {@code madvise} or {@code always}). Reading all weights once
 * per token is a quarter faster than from pages of 4 KiB, and so is filling the memory.
 */
public final class LargePages {
  private static final Path LINUX = Path.of("/proc/self/maps");
  private static final long PAGE = 2L << 20;
  private static final int MADV_HUGEPAGE = 14;

  private LargePages() {}

  /**
   * Allocates zeroed memory that lives as long as the arena.
   *
   * @throws OutOfMemoryError if there is not enough memory
   */
  @SuppressWarnings("restricted") // the system gave these pages
  public static MemorySegment allocate(long bytes, Arena arena) {
    if (!Files.exists(LINUX) || !NativeAccess.isAllowed()) {
      return arena.allocate(bytes, PAGE);
    }
    NativeMemory memory = NativeMemory.of(Platform.current());
    long size = Math.addExact(bytes, PAGE);
    long address = map(memory, size);
    MemorySegment all =
        MemorySegment.ofAddress(address)
            .reinterpret(size, arena, pages -> memory.free(pages.address(), size));
    long aligned = Math.ceilDiv(address, PAGE) * PAGE;
    // If the system refuses, pages are small.
    memory.call("ask for large pages", _ -> true, "madvise", aligned, bytes, MADV_HUGEPAGE);
    return all.asSlice(aligned - address, bytes);
  }

  private static long map(NativeMemory memory, long bytes) {
    try {
      return memory.allocate(bytes);
    } catch (BackendException e) {
      OutOfMemoryError error = new OutOfMemoryError(e.getMessage());
      error.initCause(e);
      throw error;
    }
  }
}
