package dev.lamina.gpu.opencl;

import dev.lamina.gpu.HostBuffer;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jocl.CL;
import org.jocl.cl_command_queue;
import org.jocl.cl_mem;

/**
 * Host memory that the driver allocated and that stays mapped: the portable way to get pinned
 * memory.
 */
record OpenClHostBuffer(
    OpenClUnmap unmap, cl_command_queue queue, cl_mem mem, ByteBuffer mapped, MemorySegment segment)
    implements HostBuffer {
  @Override
  public void close() {
    unmap.queue(queue, mem, segment);
    CL.clReleaseMemObject(mem);
  }
}
