package dev.lamina.gpu;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.testing.BackendSuite;

/** The first OpenCL device, of any kind. */
class OpenClBackendTest extends BackendSuite {
  @Override
  protected Backend open() {
    return Devices.openCl();
  }
}
