package dev.lamina.gpu;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The OpenCL of Mesa that runs on the CPU: another compiler and another driver than PoCL's, and the
 * one that users of Mesa have.
 */
@Tag("quality")
class RusticlTest {
  @Test
  void computesRightUnderMesa() throws Exception {
    DoctorProcess.check(
        "opencl",
        "llvmpipe",
        "OpenCL of Mesa (Debian: mesa-opencl-icd)",
        environment -> environment.put("RUSTICL_ENABLE", "llvmpipe"));
  }
}
