package dev.lamina.cpu;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.CpuKernels;
import java.util.List;

/** The CPU on two threads, for tests. */
final class Devices {
  private Devices() {}

  static Backend open(CpuKernels kernels) {
    return open(kernels, true);
  }

  static Backend open(CpuKernels kernels, boolean repack) {
    CpuBackendProvider provider = new CpuBackendProvider();
    return provider.open(provider.devices().getFirst(), new BackendOptions(2, repack, kernels));
  }

  /**
   * All kernels that this machine can run; only the Vector API if the build narrows its vectors.
   */
  static List<CpuKernels> kernels() {
    return Integer.getInteger("lamina.test.vectorBits") == null
        ? new CpuBackendProvider().kernels()
        : List.of(CpuKernels.VECTOR);
  }
}
