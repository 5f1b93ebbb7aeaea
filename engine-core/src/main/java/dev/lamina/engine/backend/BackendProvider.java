package dev.lamina.engine.backend;

import java.util.List;

/** A kind of backend. {@link java.util.ServiceLoader} finds the providers. */
public interface BackendProvider {
  /** Name in {@code --device}: {@code cpu}, {@code cuda}, {@code opencl}. */
  String name();

  /** Whether the backend can be used on this machine, and the reason if it cannot. Never throws. */
  Availability probe();

  /** Devices of an available backend, in the order of their indices. */
  List<Device> devices();

  /** Kernels that a device can be opened with, the best first; empty if there is no choice. */
  default List<CpuKernels> kernels() {
    return List.of();
  }

  /**
   * Opens a device.
   *
   * @throws BackendException if the device cannot be opened
   */
  Backend open(Device device, BackendOptions options);
}
