package dev.lamina.gpu.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Protects the JVM's signal handlers. The JVM uses SIGSEGV to find null pointers and to stop its
 * threads, and it cleans up on SIGINT. A compiler inside a driver may replace the handlers by its
 * own, as LLVM does in PoCL at the first query for devices. The next null pointer would then end
 * the process without a message.
 *
 * <p>Source: POSIX, {@code sigaction}. Windows has no such handlers.
 */
final class SignalHandlers {
  /** The last signal before the real-time ones. */
  private static final int LAST = 31;

  /** More than a {@code struct sigaction} takes on any system. */
  private static final long ACTION_BYTES = 256;

  private static final Optional<MethodHandle> SIGACTION = sigaction();

  private SignalHandlers() {}

  /**
   * Runs code that calls a driver, and restores all handlers afterwards. Only one thread does so at
   * a time; otherwise another could take the driver's handlers for the JVM's.
   *
   * @throws IllegalStateException if the system refuses to restore a handler
   */
  static synchronized <T> T keep(Supplier<T> work) {
    try (Arena arena = Arena.ofConfined()) {
      List<MemorySegment> before = actions(arena);
      try {
        return work.get();
      } finally {
        restore(before, actions(arena));
      }
    }
  }

  /** The action of each signal, in the order of their numbers; empty on systems without signals. */
  static List<MemorySegment> actions(Arena arena) {
    List<MemorySegment> actions = new ArrayList<>();
    if (SIGACTION.isPresent()) {
      for (int signal = 1; signal <= LAST; signal++) {
        MemorySegment action = arena.allocate(ACTION_BYTES, Long.BYTES);
        call(signal, MemorySegment.NULL, action);
        actions.add(action);
      }
    }
    return actions;
  }

  private static void restore(List<MemorySegment> before, List<MemorySegment> after) {
    for (int i = 0; i < before.size(); i++) {
      int signal = i + 1;
      if (handler(before.get(i)) != handler(after.get(i))
          && call(signal, before.get(i), MemorySegment.NULL) != 0) {
        throw new IllegalStateException("cannot give signal " + signal + " back to the JVM");
      }
    }
  }

  /**
   * The address of the handler, or 0 or 1. It is the first field of the struct on Linux and on
   * macOS.
   */
  static long handler(MemorySegment action) {
    return action.get(ValueLayout.JAVA_LONG, 0);
  }

  private static int call(int signal, MemorySegment action, MemorySegment former) {
    try {
      return (int) SIGACTION.orElseThrow().invokeExact(signal, action, former);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // C throws no exceptions
    }
  }

  @SuppressWarnings("restricted") // its purpose is to call the system
  private static Optional<MethodHandle> sigaction() {
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor type =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    return linker.defaultLookup().find("sigaction").map(f -> linker.downcallHandle(f, type));
  }
}
