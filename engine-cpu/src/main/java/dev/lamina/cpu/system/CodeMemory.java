package dev.lamina.cpu.system;

import dev.lamina.engine.backend.BackendException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Memory with callable machine code. Its pages are first writable and then executable, never both.
 * They live as long as an arena. With a shared arena each call updates a counter, which slows
 * threads that call often. With an automatic arena calls cost nothing extra, and the pages are
 * freed when no handle is left.
 */
public final class CodeMemory {
  private final MemorySegment code;

  /**
   * @param arena owner of the code; calls after it is closed throw an IllegalStateException
   * @throws BackendException if the system refuses memory, or to execute it
   * @throws IllegalArgumentException if there is no code
   * @throws IllegalStateException if the processor or system is another
   */
  public CodeMemory(Platform platform, byte[] code, Arena arena) {
    if (code.length == 0) {
      throw new IllegalArgumentException("no code");
    }
    if (!platform.x64()) {
      throw new IllegalStateException("no machine code for this processor or system");
    }
    this.code = load(NativeMemory.of(platform), code, arena);
  }

  @SuppressWarnings("restricted") // the system gave these pages
  private static MemorySegment load(NativeMemory memory, byte[] bytes, Arena arena) {
    long address = memory.allocate(bytes.length);
    MemorySegment pages = MemorySegment.ofAddress(address).reinterpret(bytes.length);
    try {
      pages.copyFrom(MemorySegment.ofArray(bytes));
      memory.makeExecutable(address, bytes.length);
      return pages
          .asReadOnly()
          .reinterpret(arena, freed -> memory.free(freed.address(), bytes.length));
    } catch (RuntimeException e) {
      memory.free(address, bytes.length);
      throw e;
    }
  }

  /**
   * The function that starts at an offset. While it runs, the JVM cannot stop its thread for
   * garbage collection, so it should return within about a millisecond. The caller is responsible
   * for the descriptor and for every address that it passes.
   *
   * @throws IndexOutOfBoundsException if the code does not have this offset
   */
  @SuppressWarnings("restricted")
  public MethodHandle function(long offset, FunctionDescriptor type) {
    return Linker.nativeLinker()
        .downcallHandle(code.asSlice(offset, 1), type, Linker.Option.critical(false));
  }

  /** Address of the first function. It keeps the code alive if the arena is an automatic one. */
  public MemorySegment entry() {
    return code;
  }
}
