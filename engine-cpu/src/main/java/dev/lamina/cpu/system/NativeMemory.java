package dev.lamina.cpu.system;

import dev.lamina.engine.backend.BackendException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.function.LongPredicate;

/** Memory functions of the operating system. A failed call reports the system's reason. */
public abstract sealed class NativeMemory {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final MemoryLayout STATUS = Linker.Option.captureStateLayout();

  /**
   * Descriptor for all functions here. 64-bit processors pass numbers and addresses of every length
   * in the same way, and extra arguments do no harm. A single type instead of many saves time at
   * the start.
   */
  private static final FunctionDescriptor SIX_NUMBERS =
      FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG);

  private final SymbolLookup library;

  /** Name of the error status that a failed call sets. */
  private final String status;

  private NativeMemory(SymbolLookup library, String status) {
    this.library = library;
    this.status = status;
  }

  /** The functions of a system. */
  public static NativeMemory of(Platform platform) {
    return platform.windows() ? new Windows() : new Linux();
  }

  /**
   * Allocates writable pages of zeros and returns their address.
   *
   * @throws BackendException if the system refuses, as below
   */
  public abstract long allocate(long bytes);

  /** Makes pages executable and no longer writable. */
  public abstract void makeExecutable(long address, long bytes);

  /** Gives pages back. */
  public abstract void free(long address, long bytes);

  /** Asks the system to let this process use tile registers, which take memory in every thread. */
  public abstract boolean permitTiles();

  abstract String explain(int error);

  /**
   * Calls a function of at most six numbers or addresses.
   *
   * @param what for the message if the result is not good
   * @return the result; for a function that returns 32 bits, only the low 32 bits are valid
   */
  @SuppressWarnings("restricted") // its purpose is to call the system
  public final long call(String what, LongPredicate good, String function, long... arguments) {
    long[] six = Arrays.copyOf(arguments, 6);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATUS);
      MethodHandle handle =
          LINKER.downcallHandle(
              library.findOrThrow(function), SIX_NUMBERS, Linker.Option.captureCallState(status));
      long result =
          (long) handle.invokeExact(state, six[0], six[1], six[2], six[3], six[4], six[5]);
      if (!good.test(result)) {
        long offset = STATUS.byteOffset(MemoryLayout.PathElement.groupElement(status));
        throw new BackendException(
            "cannot " + what + ": " + explain(state.get(ValueLayout.JAVA_INT, offset)));
      }
      return result;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new BackendException("cannot " + what, e);
    }
  }

  private static final class Linux extends NativeMemory {
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int EXECUTE = 4;
    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final int ARCH_PRCTL = 158;
    private static final int REQUEST_STATE = 0x1023;
    private static final int TILE_DATA = 18;

    Linux() {
      super(LINKER.defaultLookup(), "errno");
    }

    @Override
    public long allocate(long bytes) {
      String what = "map " + bytes + " bytes";
      return call(what, r -> r != -1, "mmap", 0, bytes, READ | WRITE, PRIVATE_ANONYMOUS, -1, 0);
    }

    @Override
    public void makeExecutable(long address, long bytes) {
      String what = "make machine code executable";
      call(what, r -> (int) r == 0, "mprotect", address, bytes, READ | EXECUTE);
    }

    @Override
    public void free(long address, long bytes) {
      call("unmap memory", r -> (int) r == 0, "munmap", address, bytes);
    }

    /** Source: Linux, Documentation/arch/x86/xstate.rst. */
    @Override
    public boolean permitTiles() {
      String what = "use tile registers";
      return call(what, r -> true, "syscall", ARCH_PRCTL, REQUEST_STATE, TILE_DATA) == 0;
    }

    @Override
    @SuppressWarnings("restricted") // the C library ends its texts with a 0
    String explain(int error) {
      long text = call("explain errno " + error, r -> r != 0, "strerror", error);
      return MemorySegment.ofAddress(text).reinterpret(Integer.MAX_VALUE).getString(0)
          + " (errno "
          + error
          + ")";
    }
  }

  private static final class Windows extends NativeMemory {
    private static final int COMMIT_RESERVE = 0x3000;
    private static final int RELEASE = 0x8000;
    private static final int PAGE_READWRITE = 0x04;
    private static final int PAGE_EXECUTE_READ = 0x20;
    private static final long THIS_PROCESS = -1;

    @SuppressWarnings("restricted") // part of every Windows
    Windows() {
      super(SymbolLookup.libraryLookup("kernel32", Arena.global()), "GetLastError");
    }

    @Override
    public long allocate(long bytes) {
      String what = "allocate " + bytes + " bytes";
      return call(what, r -> r != 0, "VirtualAlloc", 0, bytes, COMMIT_RESERVE, PAGE_READWRITE);
    }

    @Override
    public void makeExecutable(long address, long bytes) {
      String what = "make machine code executable";
      LongPredicate good = r -> (int) r != 0;
      try (Arena arena = Arena.ofConfined()) {
        long before = arena.allocate(ValueLayout.JAVA_INT).address();
        call(what, good, "VirtualProtect", address, bytes, PAGE_EXECUTE_READ, before);
      }
      call(what, good, "FlushInstructionCache", THIS_PROCESS, address, bytes);
    }

    @Override
    public void free(long address, long bytes) {
      call("free memory", r -> (int) r != 0, "VirtualFree", address, 0, RELEASE);
    }

    /** Windows can do it too, but this has not been tried. */
    @Override
    public boolean permitTiles() {
      return false;
    }

    @Override
    String explain(int error) {
      return "Windows error " + error;
    }
  }
}
