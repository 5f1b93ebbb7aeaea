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
  void dotAddAddScaledScale(int n) {
    Random random = new Random(n);
    float[] a = WeightBlocks.gaussians(n + 5, random);
    float[] b = WeightBlocks.gaussians(n + 5, random);
    double dot = 0;
    double magnitude = 0;
    for (int i = 0; i < n; i++) {
      dot += (double) a[2 + i] * b[3 + i];
      magnitude += Math.abs(a[2 + i] * b[3 + i]);
    }
    assertEquals(dot, VectorMath.dot(a, 2, b, 3, n, scratch), 40 * EPS * magnitude);

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

  /** Six roundings at most: 1e-6. */
  @ParameterizedTest
  @ValueSource(ints = {1, 5, 16, 64, 100, 2048})
  void rmsNorm(int n) {
    Random random = new Random(n);
    float[] x = WeightBlocks.gaussians(n + 3, random);
    float[] weight = WeightBlocks.gaussians(n, random);
    float[] out = new float[n + 3];
    VectorMath.rmsNorm(x, 2, weight, 1e-5f, out, 1, n, scratch);
    double squares = 0;
    for (int i = 0; i < n; i++) {
      squares += (double) x[2 + i] * x[2 + i];
    }
    double factor = 1 / Math.sqrt(squares / n + 1e-5f);
    for (int i = 0; i < n; i++) {
      double expected = x[2 + i] * factor * weight[i];
      assertEquals(expected, out[1 + i], 1e-6 * Math.abs(expected));
    }
    assertUntouched(new float[n + 3], out, 1, n);
    float[] inPlace = x.clone();
    VectorMath.rmsNorm(inPlace, 2, weight, 1e-5f, inPlace, 2, n, scratch);
    for (int i = 0; i < n; i++) {
      assertEquals(out[1 + i], inPlace[2 + i]);
    }
  }

  @Test
  void rmsNormOfZerosIsZero() {
    float[] x = new float[20];
    float[] weight = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    VectorMath.rmsNorm(x, 0, weight, 1e-6f, x, 0, 20, scratch);
    for (float value : x) {
      assertEquals(0, value);
    }
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

  /** Each part is within 8 ulp, and all of them sum to 1. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 15, 16, 17, 40, 333})
  void softmax(int n) {
    float[] x = WeightBlocks.gaussians(n + 4, new Random(n));
    VectorMath.scale(20, x, 0, n + 4);
    if (n > 2) {
      x[4] = Float.NEGATIVE_INFINITY;
    }
    float[] y = x.clone();
    VectorMath.softmax(y, 2, n, scratch);
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 2; i < n + 2; i++) {
      max = Math.max(max, x[i]);
    }
    assertEquals((float) max, VectorMath.max(x, 2, n));
    double sum = 0;
    for (int i = 2; i < n + 2; i++) {
      sum += Math.exp(x[i] - max);
    }
    double total = 0;
    for (int i = 2; i < n + 2; i++) {
      double expected = Math.exp(x[i] - max) / sum;
      // Rounding x - max may change the exponent by half an ulp of the difference.
      double bound = 16 * EPS + EPS * Math.abs(x[i] - max);
      assertEquals(expected, y[i], expected == 0 ? 0 : bound * expected + 0x1p-149);
      total += y[i];
    }
    assertEquals(1, total, 1e-6);
    assertUntouched(x, y, 2, n);
  }

  @Test
  void softmaxSpreadsNaN() {
    float[] x = new float[20];
    x[18] = Float.NaN;
    VectorMath.softmax(x, 0, 20, scratch);
    for (float value : x) {
      assertTrue(Float.isNaN(value));
    }
  }

  /** 8 ulp of the result. */
  @ParameterizedTest
  @ValueSource(ints = {1, 16, 19, 500})
  void siluTimes(int n) {
    Random random = new Random(n);
    float[] gate = WeightBlocks.gaussians(n + 4, random);
    float[] up = WeightBlocks.gaussians(n + 4, random);
    VectorMath.scale(10, gate, 0, n);
    float[] out = new float[n + 4];
    VectorMath.siluTimes(gate, 1, up, 2, out, 3, n);
    for (int i = 0; i < n; i++) {
      double g = gate[1 + i];
      double expected = g / (1 + Math.exp(-g)) * up[2 + i];
      assertEquals(expected, out[3 + i], 8 * 2 * EPS * Math.abs(expected), "gate " + g);
    }
    assertUntouched(new float[n + 4], out, 3, n);
  }

  @Test
  void siluOfExtremes() {
    float inf = Float.POSITIVE_INFINITY;
    float[] gate = {-1000, -100, -88, 0, 100, inf, Float.NaN};
    float[] up = {1, 1, 1, 1, 1, 1, 1};
    float[] out = new float[7];
    VectorMath.siluTimes(gate, 0, up, 0, out, 0, 7);
    double[] expected = {0, 0, -88 * Math.exp(-88), 0, 100, inf, Float.NaN};
    for (int i = 0; i < 7; i++) {
      assertEquals(expected[i], out[i], 1e-37);
    }
  }

  @Test
  void refusesRunsOutsideTheirArrays() {
    float[] x = new float[20];
    assertThrows(IndexOutOfBoundsException.class, () -> VectorMath.dot(x, 1, x, 0, 20, scratch));
    assertThrows(IndexOutOfBoundsException.class, () -> VectorMath.softmax(x, 10, 11, scratch));
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
