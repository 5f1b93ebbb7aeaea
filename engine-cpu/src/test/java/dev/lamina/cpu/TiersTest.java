package dev.lamina.cpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.engine.backend.CpuKernels;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Shows which tiers this machine lacks; the other tests of kernels use only those that it has. */
class TiersTest {
  @ParameterizedTest
  @EnumSource
  void kernelsRunHere(CpuKernels kernels) {
    assumeTrue(
        kernels == CpuKernels.AUTO || new CpuBackendProvider().kernels().contains(kernels),
        () -> "CPU kernels '%s' (%s)".formatted(kernels.label(), kernels.title()));
    Devices.open(kernels).close();
  }
}
