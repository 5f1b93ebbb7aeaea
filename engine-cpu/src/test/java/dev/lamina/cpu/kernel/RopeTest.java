package dev.lamina.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RopeTest {
  /** Two products and a sum: 2 ulp of the length of the pair. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 16, 20, 32, 64})
  void rotatesPairs(int nPairs) {
    Random random = new Random(nPairs);
    float[] x = WeightBlocks.gaussians(2 * nPairs + 6, random);
    float[] cos = new float[nPairs + 2];
    float[] sin = new float[nPairs + 2];
    for (int i = 0; i < nPairs; i++) {
      double angle = 100 * random.nextDouble();
      cos[2 + i] = (float) Math.cos(angle);
      sin[2 + i] = (float) Math.sin(angle);
    }
    float[] halves = x.clone();
    Rope.rotateHalves(halves, 3, nPairs, cos, sin, 2);
    float[] interleaved = x.clone();
    Rope.rotateInterleaved(interleaved, 3, nPairs, cos, sin, 2);
    for (int i = 0; i < nPairs; i++) {
      check(x, halves, 3 + i, 3 + nPairs + i, cos[2 + i], sin[2 + i]);
      check(x, interleaved, 3 + 2 * i, 4 + 2 * i, cos[2 + i], sin[2 + i]);
    }
    for (int i = 0; i < 3; i++) {
      assertEquals(x[i], halves[i]);
      assertEquals(x[i], interleaved[i]);
      assertEquals(x[2 * nPairs + 3 + i], halves[2 * nPairs + 3 + i]);
      assertEquals(x[2 * nPairs + 3 + i], interleaved[2 * nPairs + 3 + i]);
    }
  }

  private static void check(float[] x, float[] y, int a, int b, double cos, double sin) {
    double bound = 0x1p-22 * Math.hypot(x[a], x[b]);
    assertEquals(x[a] * cos - x[b] * sin, y[a], bound);
    assertEquals(x[a] * sin + x[b] * cos, y[b], bound);
  }
}
