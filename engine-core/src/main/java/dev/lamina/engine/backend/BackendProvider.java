package dev.lamina.engine.backend;

import java.util.List;

/** A kind of backend, found by {@link java.util.ServiceLoader}. */
public interface BackendProvider {
  /** Name in {@code --device}: {@code cpu}, {@code cuda}, {@code opencl}. */
  String name();

  /** Whether it can be used on this machine, and if not, why. Never throws. */
  Availability probe();

  /** Devices of an available backend, in the order of their indices. */
  List<Device> devices();

  /** Kernels that its device can be opened with, the best first; none if there is no choice. */
  default List<CpuKernels> kernels() {
    return List.of();
  }

  /**
   * @throws BackendException if the device cannot be opened
   */
  Backend open(Device device, BackendOptions options);
}
