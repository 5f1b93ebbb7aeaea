package dev.lamina.gpu.opencl;

import dev.lamina.gpu.NativeLibraries;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jocl.cl_command_queue;
import org.jocl.cl_mem;

/**
 * Calls {@code clEnqueueUnmapMemObject} without jocl. jocl would start a thread that calls the
 * driver at the same time, as it does for transfers without waiting.
 */
final class OpenClUnmap {
  private static final FunctionDescriptor TYPE =
      FunctionDescriptor.of(
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_LONG, // queue
          ValueLayout.JAVA_LONG, // memory object
          ValueLayout.ADDRESS, // address of the mapping
          ValueLayout.JAVA_INT, // events to wait for
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS); // event to return

  private final MethodHandle function;

  @SuppressWarnings("restricted") // its purpose is to call the driver
  OpenClUnmap() {
    SymbolLookup library =
        NativeLibraries.find(OpenClBackendProvider.LIBRARIES, Arena.global()).orElseThrow();
    function =
        Linker.nativeLinker().downcallHandle(library.findOrThrow("clEnqueueUnmapMemObject"), TYPE);
  }

  /** Queues the end of a mapping. */
  void queue(cl_command_queue queue, cl_mem mem, MemorySegment mapped) {
    try {
      int _ =
          (int)
              function.invokeExact(
                  queue.getNativePointer(),
                  mem.getNativePointer(),
                  mapped,
                  0,
                  MemorySegment.NULL,
                  MemorySegment.NULL);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // C throws no exceptions
    }
  }
}
