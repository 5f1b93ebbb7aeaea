package dev.lamina.cpu.system;

import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.NativeAccess;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory for repacked weights in large pages, where the system has them for the asking (Linux with
 * {@code transparent_hugepage} at {@code madvise} or {@code always}): reading all of it once per
 * token is a quarter faster than from pages of 4 KiB, and so is filling it.
 */
public final class LargePages {
  private static final Path LINUX = Path.of("/proc/self/maps");
  private static final long PAGE = 2L << 20;
  private static final int MADV_HUGEPAGE = 14;

  private LargePages() {}

  /**
   * Zeros, for as long as the arena lives.
   *
   * @throws OutOfMemoryError if there is not so much
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
    // Where this is refused, pages are small.
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
