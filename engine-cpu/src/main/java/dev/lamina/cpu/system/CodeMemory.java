package dev.lamina.cpu.system;

import dev.lamina.engine.backend.BackendException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Memory with callable machine code. Its pages are first writable and then executable, never both.
 * They live as long as an arena. With a shared arena each call updates a counter, which slows
 * threads that call often. With an automatic arena calls cost nothing extra, and the pages are
 * freed when no handle is left.
 */
public final class CodeMemory {
  /**
   * The only type of call, because each type costs milliseconds at start. It is in a separate class
   * because the JVM may refuse to make it.
   */
  @SuppressWarnings("restricted") // its purpose is to call machine code
  private static final class Calls {
    static final MethodHandle SIX =
        Linker.nativeLinker()
            .downcallHandle(
                FunctionDescriptor.ofVoid(LONG, LONG, ValueLayout.ADDRESS, LONG, LONG, LONG),
                Linker.Option.critical(true));
  }

  private static final ValueLayout LONG = ValueLayout.JAVA_LONG;

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
   * Calls a function of at most six arguments; one that takes fewer does not see the others. While
   * it runs, the JVM cannot stop its thread for garbage collection, so it should return within
   * about a millisecond. The caller is responsible for every address that it passes.
   *
   * @param array memory on the heap or not, of which the function gets the address
   */
  public static void call(
      MemorySegment function, long a, long b, MemorySegment array, long d, long e, long f) {
    try {
      Calls.SIX.invokeExact(function, a, b, array, d, e, f);
    } catch (RuntimeException | Error exception) {
      throw exception;
    } catch (Throwable exception) {
      throw new IllegalStateException(exception); // machine code throws no exceptions
    }
  }

  /** Address of the first function. It keeps the code alive if the arena is an automatic one. */
  public MemorySegment entry() {
    return code;
  }
}
