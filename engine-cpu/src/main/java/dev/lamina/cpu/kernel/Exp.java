package dev.lamina.cpu.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Vectorized exponentials. {@code e^x = 2^k * e^r} with whole k and |r| at most ln(2)/2, so that
 * seven terms of the power series have an error below 0.05 ulp. Including rounding, the result is
 * within 2 ulp.
 */
final class Exp {
  private static final int N = Lanes.N;
  private static final float LOG2_E = (float) (1 / Math.log(2));

  /** ln(2) as the sum of two floats. */
  private static final float LN2 = (float) Math.log(2);

  private static final float LN2_REST = (float) (Math.log(2) - LN2);

  /** Added to a float below 2^22 this leaves its nearest integer in the lowest bits. */
  private static final float ROUND = 0x1.8p23f;

  private static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);

  /** Results are 0 below this, and infinite above {@link #HIGHEST}. */
  private static final float LOWEST = -104;

  private static final float HIGHEST = 89;

  private Exp() {}

  /** {@code x[i] = e^(x[i] - shift)} in place. */
  static void expOfDifference(float[] x, int at, int n, float shift) {
    int i = 0;
    for (; i <= n - N; i += N) {
      exp(FloatVector.fromArray(Lanes.F, x, at + i).sub(shift)).intoArray(x, at + i);
    }
    for (; i < n; i++) {
      x[at + i] = exp(x[at + i] - shift);
    }
  }

  /**
   * The exponential of a vector. Each loop calls it from one place, so that it is inlined and no
   * vector goes to memory. convertShape takes the species as a constant. reinterpretAsInts looks it
   * up; in about one run of ten the compiler did not see the result and boxed the vectors that
   * followed.
   */
  private static FloatVector exp(FloatVector unlimited) {
    FloatVector x = unlimited.max(LOWEST).min(HIGHEST);
    FloatVector rounded =
        x.fma(FloatVector.broadcast(Lanes.F, LOG2_E), FloatVector.broadcast(Lanes.F, ROUND));
    FloatVector k = rounded.sub(ROUND);
    FloatVector r =
        k.fma(
            FloatVector.broadcast(Lanes.F, -LN2_REST),
            k.fma(FloatVector.broadcast(Lanes.F, -LN2), x));
    FloatVector p =
        FloatVector.broadcast(Lanes.F, 1f / 5040).fma(r, FloatVector.broadcast(Lanes.F, 1f / 720));
    p = p.fma(r, FloatVector.broadcast(Lanes.F, 1f / 120));
    p = p.fma(r, FloatVector.broadcast(Lanes.F, 1f / 24));
    p = p.fma(r, FloatVector.broadcast(Lanes.F, 1f / 6));
    p = p.fma(r, FloatVector.broadcast(Lanes.F, 0.5f));
    p = p.fma(r, FloatVector.broadcast(Lanes.F, 1));
    p = p.fma(r, FloatVector.broadcast(Lanes.F, 1));
    // 2^k as two factors, because k itself exceeds the range of exponents at both ends.
    IntVector bits = (IntVector) rounded.convertShape(VectorOperators.REINTERPRET_F2I, Lanes.I, 0);
    IntVector whole = bits.sub(ROUND_BITS);
    IntVector half = whole.lanewise(VectorOperators.ASHR, 1);
    return p.mul(powerOf2(half)).mul(powerOf2(whole.sub(half)));
  }

  private static FloatVector powerOf2(IntVector k) {
    IntVector bits = k.add(127).lanewise(VectorOperators.LSHL, 23);
    return (FloatVector) bits.convertShape(VectorOperators.REINTERPRET_I2F, Lanes.F, 0);
  }

  /**
   * The same for the rest of a run. The result is identical to the last bit, so the place of an
   * element does not matter.
   */
  static float exp(float unlimited) {
    float x = Math.min(Math.max(unlimited, LOWEST), HIGHEST);
    float rounded = Math.fma(x, LOG2_E, ROUND);
    float k = rounded - ROUND;
    float r = Math.fma(k, -LN2_REST, Math.fma(k, -LN2, x));
    float p = Math.fma(1f / 5040, r, 1f / 720);
    p = Math.fma(p, r, 1f / 120);
    p = Math.fma(p, r, 1f / 24);
    p = Math.fma(p, r, 1f / 6);
    p = Math.fma(p, r, 0.5f);
    p = Math.fma(p, r, 1);
    p = Math.fma(p, r, 1);
    int whole = Float.floatToRawIntBits(rounded) - ROUND_BITS;
    int half = whole >> 1;
    return p * powerOf2(half) * powerOf2(whole - half);
  }

  private static float powerOf2(int k) {
    return Float.intBitsToFloat(k + 127 << 23);
  }
}
