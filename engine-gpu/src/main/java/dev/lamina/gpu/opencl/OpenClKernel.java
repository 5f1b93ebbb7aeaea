package dev.lamina.gpu.opencl;

import dev.lamina.gpu.GpuBuffer;
import dev.lamina.gpu.GpuKernel;
import dev.lamina.kernels.device.Launch;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;

/** A kernel object; OpenCL stores its arguments. */
record OpenClKernel(String device, OpenClQueue queue, String name, cl_kernel kernel)
    implements GpuKernel {
  @Override
  public GpuKernel set(int index, GpuBuffer value) {
    return set(index, Sizeof.cl_mem, Pointer.to(((OpenClBuffer) value).mem()));
  }

  @Override
  public GpuKernel set(int index, int value) {
    return set(index, Sizeof.cl_int, Pointer.to(new int[] {value}));
  }

  @Override
  public GpuKernel set(int index, float value) {
    return set(index, Sizeof.cl_float, Pointer.to(new float[] {value}));
  }

  @Override
  public void launch(Launch launch) {
    long[] threads = {launch.threads(), 1};
    long[] all = {(long) launch.groupsX() * launch.threads(), launch.groupsY()};
    queue.add(
        launch,
        (q, event) -> CL.clEnqueueNDRangeKernel(q, kernel, 2, null, all, threads, 0, null, event));
  }

  @Override
  public void close() {
    CL.clReleaseKernel(kernel);
  }

  private GpuKernel set(int index, long size, Pointer value) {
    int status = CL.clSetKernelArg(kernel, index, size, value);
    if (status != CL.CL_SUCCESS) {
      OpenClCall.check(status, device, "setting argument " + index + " of " + name);
    }
    return this;
  }
}
