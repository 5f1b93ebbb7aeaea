package dev.lamina.gpu.cuda;

import dev.lamina.engine.backend.BackendException;
import jcuda.driver.CUresult;

/** Turns error statuses of CUDA into exceptions. */
final class CudaCall {
  private CudaCall() {}

  /**
   * Checks the status of a call.
   *
   * @param device for the message
   * @param what the attempted operation, with sizes
   * @throws BackendException unless the status means success
   */
  static void check(int status, String device, String what) {
    if (status != CUresult.CUDA_SUCCESS) {
      throw new BackendException(device + ": " + what + " failed with " + name(status));
    }
  }

  /** The name of a status, such as CUDA_ERROR_OUT_OF_MEMORY. */
  static String name(int status) {
    return CUresult.stringFor(status);
  }
}
