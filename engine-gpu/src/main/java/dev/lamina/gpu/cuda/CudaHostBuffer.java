package dev.lamina.gpu.cuda;

import dev.lamina.gpu.HostBuffer;
import java.lang.foreign.MemorySegment;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/** Pinned memory of the host. */
record CudaHostBuffer(CudaContext context, Pointer pointer, MemorySegment segment)
    implements HostBuffer {
  @Override
  public void close() {
    context.makeCurrentToClose();
    JCudaDriver.cuMemFreeHost(pointer);
  }
}
