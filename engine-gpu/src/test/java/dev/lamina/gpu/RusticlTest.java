package dev.lamina.gpu;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The OpenCL of Mesa that runs on the CPU: its compiler and driver differ from PoCL's, and users of
 * Mesa have them.
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
