package dev.lamina.gpu.opencl;

import dev.lamina.gpu.GpuKernel;
import dev.lamina.gpu.GpuProgram;
import org.jocl.CL;
import org.jocl.cl_kernel;
import org.jocl.cl_program;

/** A built program. */
record OpenClProgram(String device, OpenClQueue queue, cl_program program) implements GpuProgram {
  @Override
  public GpuKernel kernel(String name) {
    int[] status = new int[1];
    cl_kernel kernel = CL.clCreateKernel(program, name, status);
    OpenClCall.check(status[0], device, "creating kernel " + name);
    return new OpenClKernel(device, queue, name, kernel);
  }

  @Override
  public void close() {
    CL.clReleaseProgram(program);
  }
}
