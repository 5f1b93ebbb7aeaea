package dev.lamina.gpu;

import dev.lamina.engine.backend.BackendException;
import java.lang.foreign.MemorySegment;

/** Host memory for transfers that the device makes without the host's help. */
public interface HostBuffer extends GpuResource {
  /** The memory; valid until this is closed. */
  MemorySegment segment();

  /**
   * Refuses sizes that the bindings cannot address, because they use byte buffers.
   *
   * @param operation the attempted operation, for the message
   * @throws BackendException from 2 GiB on
   */
  static void checkSize(String device, String operation, long bytes) {
    if (bytes > Integer.MAX_VALUE) {
      throw new BackendException(device + ": " + operation + " failed: 2 GiB or more at once");
    }
  }
}
