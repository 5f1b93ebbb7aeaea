package dev.lamina.gpu.cuda;

import dev.lamina.engine.backend.BackendException;
import jcuda.driver.CUresult;

/** Turns statuses into exceptions. */
final class CudaCall {
  private CudaCall() {}

  /**
   * @param device for the message
   * @param what was tried, with sizes
   * @throws BackendException unless the status is that of success
   */
  static void check(int status, String device, String what) {
    if (status != CUresult.CUDA_SUCCESS) {
      throw new BackendException(device + ": " + what + " failed with " + name(status));
    }
  }

  /** Such as CUDA_ERROR_OUT_OF_MEMORY. */
  static String name(int status) {
    return CUresult.stringFor(status);
  }
}
