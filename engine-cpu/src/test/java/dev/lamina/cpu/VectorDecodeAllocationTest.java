package dev.lamina.cpu;

import dev.lamina.engine.backend.CpuKernels;
import org.junit.jupiter.api.Test;

/** The same with the Vector API, where vectors could be boxed; it runs in a separate JVM. */
class VectorDecodeAllocationTest {
  @Test
  void decodingAllocatesNothing() {
    DecodeAllocationTest.check(CpuKernels.VECTOR, true);
  }
}
