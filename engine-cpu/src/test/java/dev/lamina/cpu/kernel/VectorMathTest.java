package dev.lamina.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorMathTest {
  private final Scratch scratch = new Scratch();

  private static final double EPS = 0x1p-24;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64, 100, 1000})
  void addAddScaledScaleSumMax(int n) {
    Random random = new Random(n);
    float[] a = WeightBlocks.gaussians(n + 5, random);
    float[] b = WeightBlocks.gaussians(n + 5, random);
    double total = 0;
    double magnitude = 0;
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      total += a[2 + i];
      magnitude += Math.abs(a[2 + i]);
      largest = Math.max(largest, a[2 + i]);
    }
    assertEquals(total, VectorMath.sum(a, 2, n, scratch), 40 * EPS * magnitude);
    assertEquals(largest, VectorMath.max(a, 2, n));

    float[] sum = new float[n + 5];
    VectorMath.add(a, 2, b, 3, sum, 1, n);
    float[] axpy = b.clone();
    VectorMath.addScaled(0.3f, a, 2, axpy, 3, n);
    float[] scaled = a.clone();
    VectorMath.scale(0.3f, scaled, 2, n);
    for (int i = 0; i < n; i++) {
      assertEquals(a[2 + i] + b[3 + i], sum[1 + i]);
      assertEquals(Math.fma(a[2 + i], 0.3f, b[3 + i]), axpy[3 + i]);
      assertEquals(a[2 + i] * 0.3f, scaled[2 + i]);
    }
    assertUntouched(new float[n + 5], sum, 1, n);
    assertUntouched(b, axpy, 3, n);
    assertUntouched(a, scaled, 2, n);
  }

  /** The stated bound of 2 ulp, over the whole range of results. */
  @Test
  void exponentialIsWithinTwoUlp() {
    int n = 1024;
    float[] x = new float[n];
    double worst = 0;
    for (int round = 0; round < 200; round++) {
      float from = -105 + round * 0.97f;
      for (int i = 0; i < n; i++) {
        x[i] = from + i * 0.97f / n;
      }
      float[] e = x.clone();
      Exp.expOfDifference(e, 0, n, 0);
      for (int i = 0; i < n; i++) {
        double expected = Math.exp(x[i]);
        if (expected > Float.MAX_VALUE) {
          assertTrue(e[i] >= Float.MAX_VALUE, "e^" + x[i] + " gave " + e[i]);
        } else {
          double ulps = Math.abs(e[i] - expected) / Math.ulp((float) expected);
          assertTrue(ulps <= 2, "e^" + x[i] + " gave " + e[i] + ", off by " + ulps + " ulp");
          worst = Math.max(worst, ulps);
        }
      }
    }
    assertTrue(worst > 0.1, "the comparison compares nothing");
  }

  @Test
  void exponentialDoesNotDependOnThePlaceInTheRun() {
    float[] x = WeightBlocks.gaussians(67, new Random(1));
    VectorMath.scale(40, x, 0, 67);
    float[] together = x.clone();
    Exp.expOfDifference(together, 0, 67, 0);
    for (int i = 0; i < 67; i++) {
      Exp.expOfDifference(x, i, 1, 0);
      assertEquals(x[i], together[i]);
    }
  }

  @Test
  void exponentialOfExtremes() {
    float inf = Float.POSITIVE_INFINITY;
    float[] x = {-inf, -1e30f, -200, -103.9f, -0f, 0, 89, 200, 1e30f, inf, Float.NaN, 1};
    float[] expected = {0, 0, 0, Float.MIN_VALUE, 1, 1, inf, inf, inf, inf, Float.NaN, 2.7182817f};
    float[] padded = Arrays.copyOf(x, 32);
    Exp.expOfDifference(x, 0, x.length, 0);
    Exp.expOfDifference(padded, 0, 32, 0);
    for (int i = 0; i < x.length; i++) {
      assertEquals(x[i], padded[i]);
      float ulp = Float.isFinite(expected[i]) ? Math.ulp(expected[i]) : 1;
      assertEquals(expected[i], x[i], ulp, "element " + i);
    }
  }

  @Test
  void refusesRunsOutsideTheirArrays() {
    float[] x = new float[20];
    assertThrows(IndexOutOfBoundsException.class, () -> VectorMath.sum(x, 1, 20, scratch));
    assertThrows(IndexOutOfBoundsException.class, () -> VectorMath.max(x, 10, 11));
    assertThrows(IndexOutOfBoundsException.class, () -> VectorMath.scale(1, x, -1, 5));
  }

  private static void assertUntouched(float[] before, float[] after, int at, int n) {
    for (int i = 0; i < before.length; i++) {
      if (i < at || i >= at + n) {
        assertEquals(before[i], after[i], "element " + i + " is outside the run");
      }
    }
  }
}
