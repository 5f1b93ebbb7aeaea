package dev.lamina.gpu.cuda;

import dev.lamina.gpu.GpuResource;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;

/**
 * A device's primary context. It must be made current before every call, because a thread may use
 * several devices in turn.
 */
final class CudaContext implements GpuResource {
  private final String name;
  private final CUdevice device;
  private final CUcontext context = new CUcontext();

  /**
   * @param name of the device, for messages
   * @throws dev.lamina.engine.backend.BackendException if there is no memory for a context, or
   *     another program uses the device exclusively
   */
  CudaContext(String name, CUdevice device) {
    this.name = name;
    this.device = device;
    check(JCudaDriver.cuDevicePrimaryCtxRetain(context, device), "opening the device");
  }

  String name() {
    return name;
  }

  void makeCurrent() {
    int status = JCudaDriver.cuCtxSetCurrent(context);
    if (status != 0) {
      check(status, "switching to the device");
    }
  }

  /**
   * As {@link #makeCurrent}, before closing a resource. On a lost device there is nothing left to
   * close.
   */
  void makeCurrentToClose() {
    JCudaDriver.cuCtxSetCurrent(context);
  }

  void check(int status, String what) {
    CudaCall.check(status, name, what);
  }

  @Override
  public void close() {
    JCudaDriver.cuDevicePrimaryCtxRelease(device);
  }
}
