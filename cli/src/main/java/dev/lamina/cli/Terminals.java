package dev.lamina.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * Whether a standard stream is a terminal, which Java itself tells only of all of them together.
 */
final class Terminals {
  static final int STDIN = 0;
  static final int STDOUT = 1;
  static final int STDERR = 2;

  private Terminals() {}

  @SuppressWarnings("restricted") // a C function of one int
  static boolean isTerminal(int fileDescriptor) {
    Linker linker = Linker.nativeLinker();
    SymbolLookup lookup = linker.defaultLookup();
    Optional<MemorySegment> isatty = lookup.find("isatty").or(() -> lookup.find("_isatty"));
    if (isatty.isEmpty()) {
      return false;
    }
    try {
      int result =
          (int)
              linker
                  .downcallHandle(
                      isatty.get(),
                      FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                  .invokeExact(fileDescriptor);
      return result != 0;
    } catch (Throwable e) {
      throw new IllegalStateException("isatty", e);
    }
  }
}
