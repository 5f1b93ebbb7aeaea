package dev.lamina.gpu.opencl;

import dev.lamina.engine.backend.BackendException;
import org.jocl.CL;

/** Turns error statuses of OpenCL into exceptions. */
final class OpenClCall {
  private OpenClCall() {}

  /**
   * Checks the status of a call.
   *
   * @param device for the message
   * @param what the attempted operation, with sizes
   * @throws BackendException unless the status means success
   */
  static void check(int status, String device, String what) {
    if (status != CL.CL_SUCCESS) {
      throw new BackendException(device + ": " + what + " failed with " + name(status));
    }
  }

  /** The name of a status, such as CL_OUT_OF_RESOURCES. */
  static String name(int status) {
    return CL.stringFor_errorCode(status);
  }
}
