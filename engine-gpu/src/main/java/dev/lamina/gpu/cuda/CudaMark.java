package dev.lamina.gpu.cuda;

import dev.lamina.gpu.GpuMark;
import jcuda.driver.CUevent;
import jcuda.driver.JCudaDriver;

/** An event after everything queued before it. */
record CudaMark(CudaContext context, CUevent event) implements GpuMark {
  @Override
  public void await() {
    context.makeCurrent();
    context.check(JCudaDriver.cuEventSynchronize(event), "waiting for a transfer");
  }

  @Override
  public void close() {
    context.makeCurrentToClose();
    JCudaDriver.cuEventDestroy(event);
  }
}
