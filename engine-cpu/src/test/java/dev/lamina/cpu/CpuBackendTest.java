package dev.lamina.cpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.testing.BackendSuite;
import org.junit.jupiter.api.Nested;

/** The CPU with each kind of kernels; kernels that this machine cannot run are skipped. */
class CpuBackendTest {
  @Nested
  class Amx extends Kernels {
    Amx() {
      super(CpuKernels.AMX);
    }
  }

  @Nested
  class Avx512 extends Kernels {
    Avx512() {
      super(CpuKernels.AVX512);
    }
  }

  @Nested
  class AvxVnni extends Kernels {
    AvxVnni() {
      super(CpuKernels.AVXVNNI);
    }
  }

  @Nested
  class Avx2 extends Kernels {
    Avx2() {
      super(CpuKernels.AVX2);
    }
  }

  @Nested
  class Vector extends Kernels {
    Vector() {
      super(CpuKernels.VECTOR);
    }
  }

  abstract static class Kernels extends BackendSuite {
    private final CpuKernels kernels;

    Kernels(CpuKernels kernels) {
      this.kernels = kernels;
    }

    @Override
    protected Backend open() {
      assumeTrue(Devices.kernels().contains(kernels), "no " + kernels.label() + " kernels here");
      return Devices.open(kernels);
    }

    /** Kernels differ only in their products. */
    @Override
    protected boolean productsOnly() {
      return kernels != CpuKernels.VECTOR;
    }

    /**
     * Activations are rounded to 8 bits, and the order of sums, another for each width of vectors,
     * decides which way: 0.08 to 0.11 was seen.
     */
    @Override
    protected double logitBound() {
      return 0.2;
    }
  }
}
