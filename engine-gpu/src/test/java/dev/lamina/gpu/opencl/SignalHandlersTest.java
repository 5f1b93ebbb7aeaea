package dev.lamina.gpu.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.engine.backend.Availability;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class SignalHandlersTest {
  private static final int SIGSEGV = 11;
  private static final int SIGALRM = 14;
  private static final long IGNORE = 1;

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void putsBackWhatWasReplaced() {
    try (Arena arena = Arena.ofConfined()) {
      List<Long> before = handlers(arena);
      List<Long> within =
          SignalHandlers.keep(() -> {
            ignoreAlarms();
            return handlers(arena);
          });
      assertFalse(within.equals(before), "alarms are not ignored");
      assertEquals(before, handlers(arena));
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void putsBackAfterAnException() {
    try (Arena arena = Arena.ofConfined()) {
      List<Long> before = handlers(arena);
      assertThrows(
          UnsupportedOperationException.class,
          () ->
              SignalHandlers.keep(() -> {
                ignoreAlarms();
                throw new UnsupportedOperationException();
              }));
      assertEquals(before, handlers(arena));
    }
  }

  /** PoCL's compiler would take them. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void jvmFindsNullPointersWhileADeviceIsOpen() throws IOException {
    OpenClBackendProvider provider = new OpenClBackendProvider();
    Availability availability = provider.probe();
    assumeTrue(availability.usable(), availability.reason());
    try (var api = provider.openApi(provider.devices().getFirst());
        Arena arena = Arena.ofConfined()) {
      long handler = handlers(arena).get(SIGSEGV - 1);
      assertEquals("libjvm.so", libraryAt(handler), "after opening " + api.device());
    }
  }

  private static List<Long> handlers(Arena arena) {
    return SignalHandlers.actions(arena).stream().map(SignalHandlers::handler).toList();
  }

  @SuppressWarnings("restricted") // as a driver would
  private static void ignoreAlarms() {
    Linker linker = Linker.nativeLinker();
    MethodHandle signal =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("signal"),
            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    try {
      MemorySegment former =
          (MemorySegment) signal.invokeExact(SIGALRM, MemorySegment.ofAddress(IGNORE));
      assertFalse(former.address() == -1, "signal refuses");
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** Name of the file that is mapped at an address. */
  private static String libraryAt(long address) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/maps")).stream()
        .filter(line -> covers(line, address))
        .map(line -> line.substring(line.lastIndexOf('/') + 1))
        .findFirst()
        .orElse("none");
  }

  private static boolean covers(String line, long address) {
    String[] range = line.substring(0, line.indexOf(' ')).split("-", -1);
    return Long.compareUnsigned(Long.parseUnsignedLong(range[0], 16), address) <= 0
        && Long.compareUnsigned(address, Long.parseUnsignedLong(range[1], 16)) < 0;
  }
}
