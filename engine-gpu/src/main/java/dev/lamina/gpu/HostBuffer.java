package dev.lamina.gpu;

import dev.lamina.engine.backend.BackendException;
import java.lang.foreign.MemorySegment;

/** Memory of the host from and to which a device transfers without the host's help. */
public interface HostBuffer extends GpuResource {
  /** The memory; valid until this is closed. */
  MemorySegment segment();

  /**
   * Refuses what the bindings cannot address: they hand out byte buffers.
   *
   * @param operation what is tried, for the message
   * @throws BackendException from 2 GiB on
   */
  static void checkSize(String device, String operation, long bytes) {
    if (bytes > Integer.MAX_VALUE) {
      throw new BackendException(device + ": " + operation + " failed: 2 GiB or more at once");
    }
  }
}
