package dev.lamina.cpu;

import dev.lamina.engine.backend.CpuKernels;
import org.junit.jupiter.api.Test;

/** The same with the Vector API, whose vectors could get into boxes; in a JVM of its own. */
class VectorDecodeAllocationTest {
  @Test
  void decodingAllocatesNothing() {
    DecodeAllocationTest.check(CpuKernels.VECTOR);
  }
}
