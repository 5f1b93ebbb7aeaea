package dev.lamina.gpu.cuda;

import dev.lamina.gpu.GpuResource;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;

/**
 * A device's primary context. It has to be made current before every call, since a thread may use
 * several devices in turns.
 */
final class CudaContext implements GpuResource {
  private final String name;
  private final CUdevice device;
  private final CUcontext context = new CUcontext();

  /**
   * @param name of the device, for messages
   * @throws dev.lamina.engine.backend.BackendException if there is no memory for one, or another
   *     program has the device to itself
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

  /** As {@link #makeCurrent}; of a lost device nothing is left to be closed. */
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
