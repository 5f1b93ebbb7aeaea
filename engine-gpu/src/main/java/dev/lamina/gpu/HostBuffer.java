package dev.lamina.gpu;

import java.lang.foreign.MemorySegment;

/** Memory of the host from and to which a device transfers without the host's help. */
public interface HostBuffer extends GpuResource {
  /** The memory; valid until this is closed. */
  MemorySegment segment();
}
