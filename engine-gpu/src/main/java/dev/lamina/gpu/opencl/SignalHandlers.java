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
 * Keeps what the JVM does on signals. It finds null pointers and stops its threads by SIGSEGV, and
 * cleans up on SIGINT. The compiler inside of a driver puts handlers of its own in their place
 * (LLVM does, in PoCL at the first query for devices), and the next null pointer would end the
 * process without a word.
 *
 * <p>Source: POSIX, {@code sigaction}. Windows has none, and nothing to keep.
 */
final class SignalHandlers {
  /** Signals from 1 to this one are not those of real time. */
  private static final int LAST = 31;

  /** More than a {@code struct sigaction} takes on any system. */
  private static final long ACTION_BYTES = 256;

  private static final Optional<MethodHandle> SIGACTION = sigaction();

  private SignalHandlers() {}

  /**
   * Runs something that calls a driver. All handlers are then what they were before. One thread
   * does so at a time, lest another takes the driver's handlers for the JVM's.
   *
   * @throws IllegalStateException if the system does not let a handler be put back
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

  /** What happens on each signal, in the order of their numbers; empty where there are none. */
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

  /** Its address, or 0 or 1, which comes first in the struct of Linux and of macOS. */
  static long handler(MemorySegment action) {
    return action.get(ValueLayout.JAVA_LONG, 0);
  }

  private static int call(int signal, MemorySegment action, MemorySegment former) {
    try {
      return (int) SIGACTION.orElseThrow().invokeExact(signal, action, former);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // C throws nothing
    }
  }

  @SuppressWarnings("restricted") // to call the system is what this is for
  private static Optional<MethodHandle> sigaction() {
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor type =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    return linker.defaultLookup().find("sigaction").map(f -> linker.downcallHandle(f, type));
  }
}
