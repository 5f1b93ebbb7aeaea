package dev.lamina.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Memory for repacked weights in large pages, where the system has them for the asking (Linux with
 * {@code transparent_hugepage} at {@code madvise} or {@code always}): reading all of it once per
 * token is a quarter faster than from pages of 4 KiB, and so is filling it.
 */
@SuppressWarnings("restricted") // calls four C functions
final class LargePages {
  private static final Path LINUX = Path.of("/proc/self/maps");
  private static final long PAGE = 2L << 20;

  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MADV_HUGEPAGE = 14;

  private LargePages() {}

  /**
   * Zeros, for as long as the arena lives.
   *
   * @throws OutOfMemoryError if there is not so much
   */
  static MemorySegment allocate(long bytes, Arena arena) {
    if (!Files.exists(LINUX)) {
      return arena.allocate(bytes, PAGE);
    }
    try {
      return map(bytes, arena);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // no C function throws
    }
  }

  private static MemorySegment map(long bytes, Arena arena) throws Throwable {
    long size = Math.addExact(bytes, PAGE);
    long address =
        (long)
            function("mmap", "llliiil")
                .invokeExact(0L, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
    if (address == -1) {
      throw new OutOfMemoryError("cannot map " + bytes + " bytes");
    }
    MethodHandle unmap = function("munmap", "ill");
    MemorySegment all =
        MemorySegment.ofAddress(address)
            .reinterpret(size, arena, segment -> unmap(unmap, segment.address(), size));
    long aligned = Math.ceilDiv(address, PAGE) * PAGE;
    // Where this is refused, pages are small.
    int _ = (int) function("madvise", "illi").invokeExact(aligned, bytes, MADV_HUGEPAGE);
    return all.asSlice(aligned - address, bytes);
  }

  private static void unmap(MethodHandle unmap, long address, long size) {
    try {
      int _ = (int) unmap.invokeExact(address, size);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * @param signature the result and the parameters: l for long, i for int
   */
  private static MethodHandle function(String name, String signature) {
    ValueLayout[] types =
        signature
            .chars()
            .mapToObj(c -> c == 'l' ? ValueLayout.JAVA_LONG : ValueLayout.JAVA_INT)
            .toArray(ValueLayout[]::new);
    ValueLayout[] parameters = Arrays.copyOfRange(types, 1, types.length);
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(types[0], parameters));
  }
}
