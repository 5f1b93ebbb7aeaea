package dev.lamina.cpu.kernel;

import static dev.lamina.cpu.kernel.ScalarExp.BIAS;
import static dev.lamina.cpu.kernel.ScalarExp.HIGHEST;
import static dev.lamina.cpu.kernel.ScalarExp.LN2;
import static dev.lamina.cpu.kernel.ScalarExp.LN2_REST;
import static dev.lamina.cpu.kernel.ScalarExp.LOG2_E;
import static dev.lamina.cpu.kernel.ScalarExp.LOWEST;
import static dev.lamina.cpu.kernel.ScalarExp.ROUND;
import static dev.lamina.cpu.kernel.ScalarExp.ROUND_BITS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** {@link ScalarExp} for vectors. */
final class Exp {
  private static final int N = Lanes.N;

  private Exp() {}

  /** {@code x[i] = e^(x[i] - shift)} in place. */
  static void expOfDifference(float[] x, int at, int n, float shift) {
    int i = 0;
    for (; i <= n - N; i += N) {
      exp(FloatVector.fromArray(Lanes.F, x, at + i).sub(shift)).intoArray(x, at + i);
    }
    for (; i < n; i++) {
      x[at + i] = ScalarExp.exp(x[at + i] - shift);
    }
  }

  /** {@code out[i] = gate[i] / (1 + e^-gate[i]) * up[i]}. */
  static void siluTimes(
      float[] gate, int gateAt, float[] up, int upAt, float[] out, int outAt, int n) {
    int i = 0;
    for (; i <= n - N; i += N) {
      FloatVector g = FloatVector.fromArray(Lanes.F, gate, gateAt + i);
      FloatVector u = FloatVector.fromArray(Lanes.F, up, upAt + i);
      g.div(exp(g.neg()).add(1)).mul(u).intoArray(out, outAt + i);
    }
    for (; i < n; i++) {
      float g = gate[gateAt + i];
      out[outAt + i] = g / (ScalarExp.exp(-g) + 1) * up[upAt + i];
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
    IntVector bits = k.add(BIAS).lanewise(VectorOperators.LSHL, 23);
    return (FloatVector) bits.convertShape(VectorOperators.REINTERPRET_I2F, Lanes.F, 0);
  }
}
