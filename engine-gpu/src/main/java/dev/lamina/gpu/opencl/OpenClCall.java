package dev.lamina.gpu.opencl;

import dev.lamina.engine.backend.BackendException;
import org.jocl.CL;

/** Turns statuses into exceptions. */
final class OpenClCall {
  private OpenClCall() {}

  /**
   * @param device for the message
   * @param what was tried, with sizes
   * @throws BackendException unless the status is that of success
   */
  static void check(int status, String device, String what) {
    if (status != CL.CL_SUCCESS) {
      throw new BackendException(device + ": " + what + " failed with " + name(status));
    }
  }

  /** Such as CL_OUT_OF_RESOURCES. */
  static String name(int status) {
    return CL.stringFor_errorCode(status);
  }
}
