package dev.lamina.gpu.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The driver of {@code src/test/c/stub_cuda.c}, compiled to where this JVM looks for libraries. */
@SuppressWarnings("restricted") // it is a native library
final class StubDriver {
  private static final Path LIBRARY = Path.of("target/test-classes/libcuda.so.1");

  private static final Path SOURCE = Path.of("src/test/c/stub_cuda.c");

  private final SymbolLookup library;

  private StubDriver(SymbolLookup library) {
    this.library = library;
  }

  /** Skips the test if there is no C compiler, or if this system finds libraries in another way. */
  static StubDriver build() throws IOException, InterruptedException {
    boolean hasCompiler =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "cc")));
    assumeTrue(hasCompiler, "no C compiler (cc)");
    assumeTrue(
        System.getenv("LD_LIBRARY_PATH") != null, "LD_LIBRARY_PATH is not set by this build");
    if (!Files.exists(LIBRARY)
        || Files.getLastModifiedTime(LIBRARY).compareTo(Files.getLastModifiedTime(SOURCE)) < 0) {

      Process compiler =
          new ProcessBuilder(
                  "cc", "-shared", "-fPIC", "-O1", "-o", LIBRARY.toString(), SOURCE.toString())
              .inheritIO()
              .start();
      assertEquals(0, compiler.waitFor());
    }
    return new StubDriver(SymbolLookup.libraryLookup(LIBRARY, Arena.ofAuto()));
  }

  /** Makes the k-th call of a function fail, counted from 0. */
  void fail(String function, int k) {
    try (Arena arena = Arena.ofConfined()) {
      handle("stub_fail", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_INT))
          .invoke(arena.allocateFrom(function), k);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Lets a kernel fail when it runs; only waiting reports the error. */
  void fault(String kernel) {
    try (Arena arena = Arena.ofConfined()) {
      handle("stub_fault", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS))
          .invoke(arena.allocateFrom(kernel));
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  void reset() {
    try {
      handle("stub_reset", FunctionDescriptor.ofVoid()).invoke();
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  void driver(int version, int devices) {
    try {
      handle("stub_driver", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
          .invoke(version, devices);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** One of its counters: failed, alive, launches, graph_launches, captures. */
  int count(String counter) {
    try {
      return (int) handle("stub_" + counter, FunctionDescriptor.of(ValueLayout.JAVA_INT)).invoke();
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** A number among the arguments of a kernel's last launch, as an int's bits. */
  int argument(String kernel, int index) {
    try (Arena arena = Arena.ofConfined()) {
      FunctionDescriptor type =
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
      return (int) handle("stub_argument", type).invoke(arena.allocateFrom(kernel), index);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** The error of a call; empty if there was none. */
  String error() {
    try {
      MemorySegment text =
          (MemorySegment) handle("stub_error", FunctionDescriptor.of(ValueLayout.ADDRESS)).invoke();
      return text.reinterpret(256).getString(0);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private MethodHandle handle(String name, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(library.find(name).orElseThrow(), type);
  }
}
