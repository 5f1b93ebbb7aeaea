package dev.lamina.gpu.opencl;

import dev.lamina.gpu.GpuBuffer;
import org.jocl.CL;
import org.jocl.cl_mem;

/** A memory object. */
record OpenClBuffer(cl_mem mem, long bytes) implements GpuBuffer {
  @Override
  public void close() {
    CL.clReleaseMemObject(mem);
  }
}
