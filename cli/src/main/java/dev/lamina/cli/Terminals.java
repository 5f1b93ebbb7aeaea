package dev.lamina.cli;

import dev.lamina.engine.backend.NativeAccess;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Tells whether a standard stream is a terminal. Java itself tells this only for all of them
 * together.
 */
final class Terminals {
  static final int STDIN = 0;
  static final int STDOUT = 1;
  static final int STDERR = 2;

  private Terminals() {}

  static boolean isTerminal(int fileDescriptor) {
    return byName(fileDescriptor).orElseGet(() -> isatty(fileDescriptor));
  }

  /**
   * What the name of a stream's file tells on Linux. It is asked first because the first call of a
   * C function takes 50 ms or more.
   */
  private static Optional<Boolean> byName(int fileDescriptor) {
    try {
      Path file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + fileDescriptor));
      if (file.startsWith("/dev/pts")) {
        return Optional.of(true);
      }
      return file.startsWith("/dev") && !file.equals(Path.of("/dev/null"))
          ? Optional.empty()
          : Optional.of(false);
    } catch (NoSuchFileException e) {
      // The stream is closed, or the system has no /proc.
      return Files.exists(Path.of("/proc/self/fd")) ? Optional.of(false) : Optional.empty();
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }

  @SuppressWarnings("restricted") // a C function of one int
  private static boolean isatty(int fileDescriptor) {
    if (!NativeAccess.isAllowed()) {
      // Java tells it for input and output together.
      return System.console().isTerminal();
    }
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
