package dev.lamina.cpu.kernel;

import static dev.lamina.engine.rows.Elementary.HIGHEST;
import static dev.lamina.engine.rows.Elementary.LN2;
import static dev.lamina.engine.rows.Elementary.LN2_REST;
import static dev.lamina.engine.rows.Elementary.LOG2_E;
import static dev.lamina.engine.rows.Elementary.LOWEST;
import static dev.lamina.engine.rows.Elementary.ROUND;

import dev.lamina.engine.rows.Elementary;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** {@link Elementary#exp} for vectors. */
final class Exp {
  private static final int N = Lanes.N;

  private static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);

  private Exp() {}

  /** {@code x[i] = e^(x[i] - shift)} in place. */
  static void expOfDifference(float[] x, int at, int n, float shift) {
    int i = 0;
    for (; i <= n - N; i += N) {
      exp(FloatVector.fromArray(Lanes.F, x, at + i).sub(shift)).intoArray(x, at + i);
    }
    for (; i < n; i++) {
      x[at + i] = Elementary.exp(x[at + i] - shift);
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
}
