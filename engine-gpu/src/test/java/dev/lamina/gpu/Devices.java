package dev.lamina.gpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.engine.backend.Availability;
import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.gpu.opencl.OpenClBackendProvider;

/** The devices that tests run on. */
final class Devices {
  private Devices() {}

  /** The first OpenCL device, of any kind; skips the test if there is none. */
  static Backend openCl() {
    OpenClBackendProvider provider = openClProvider();
    return provider.open(provider.devices().getFirst(), new BackendOptions(1, true));
  }

  /** The API of {@link #openCl}. */
  static GpuApi openClApi() {
    OpenClBackendProvider provider = openClProvider();
    return provider.openApi(provider.devices().getFirst());
  }

  private static OpenClBackendProvider openClProvider() {
    OpenClBackendProvider provider = new OpenClBackendProvider();
    Availability availability = provider.probe();
    assumeTrue(availability.usable(), availability.reason());
    return provider;
  }
}
