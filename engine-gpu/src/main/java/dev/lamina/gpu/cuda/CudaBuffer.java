package dev.lamina.gpu.cuda;

import dev.lamina.gpu.GpuBuffer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;

/** Device memory. */
record CudaBuffer(CudaContext context, CUdeviceptr pointer, long bytes) implements GpuBuffer {
  @Override
  public void close() {
    context.makeCurrentToClose();
    JCudaDriver.cuMemFree(pointer);
  }
}
