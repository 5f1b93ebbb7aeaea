package dev.lamina.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class LanesTest {
  /** The build runs the kernel tests once for each width that the machine has. */
  @Test
  void hasTheWidthThatTheBuildAskedFor() {
    Integer bits = Integer.getInteger("lamina.test.vectorBits");
    Assumptions.assumeTrue(bits != null, "run at the machine's own width");
    assertEquals(bits, Lanes.F.vectorBitSize());
  }

  @Test
  void widensAllLanes() {
    assertTrue(Lanes.BYTES_TO_F.length() >= Lanes.N);
    assertEquals(Lanes.N, Lanes.SHORTS_TO_F.length());
    assertEquals(Lanes.N, Lanes.I.length());
    assertTrue(Lanes.BYTES_TO_F.length() - Lanes.N <= Codes.SLACK);
  }
}
