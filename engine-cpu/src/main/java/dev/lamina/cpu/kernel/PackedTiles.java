package dev.lamina.cpu.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Multiplies two vectors of rows of a {@link PackedPanel} with four tokens, in registers. Sums have
 * 16 bits, or are floats if the codes are too large for that.
 */
final class PackedTiles {
  /** Rows of a panel: two strips. */
  static final int ROWS = 2 * Packing.ROWS;

  private static final int STEP = PackedPanel.STEP;
  private static final int SN = Lanes.S.length();
  private static final int N = Lanes.N;

  private PackedTiles() {}

  /**
   * {@code sums[g, 2 token + half, lane]}: sums of codes times activations over each group. Sums
   * are named after token and half.
   *
   * @param w index of the first code in the panel
   * @param steps of a group, two columns each
   */
  static void multiply(short[] panel, int w, int[] q, int a, int nGroups, int steps, short[] sums) {
    int p = w;
    int x = a;
    for (int g = 0; g < nGroups; g++) {
      ShortVector s00 = ShortVector.zero(Lanes.S), s01 = s00, s10 = s00, s11 = s00;
      ShortVector s20 = s00, s21 = s00, s30 = s00, s31 = s00;
      for (int i = 0; i < steps; i++, p += STEP, x += 4) {
        ShortVector w0 = ShortVector.fromArray(Lanes.S, panel, p);
        ShortVector w1 = ShortVector.fromArray(Lanes.S, panel, p + SN);
        ShortVector v = IntVector.broadcast(Lanes.I, q[x]).reinterpretAsShorts();
        s00 = s00.add(w0.mul(v));
        s01 = s01.add(w1.mul(v));
        v = IntVector.broadcast(Lanes.I, q[x + 1]).reinterpretAsShorts();
        s10 = s10.add(w0.mul(v));
        s11 = s11.add(w1.mul(v));
        v = IntVector.broadcast(Lanes.I, q[x + 2]).reinterpretAsShorts();
        s20 = s20.add(w0.mul(v));
        s21 = s21.add(w1.mul(v));
        v = IntVector.broadcast(Lanes.I, q[x + 3]).reinterpretAsShorts();
        s30 = s30.add(w0.mul(v));
        s31 = s31.add(w1.mul(v));
      }
      int to = g * 8 * SN;
      s00.intoArray(sums, to);
      s01.intoArray(sums, to + SN);
      s10.intoArray(sums, to + 2 * SN);
      s11.intoArray(sums, to + 3 * SN);
      s20.intoArray(sums, to + 4 * SN);
      s21.intoArray(sums, to + 5 * SN);
      s30.intoArray(sums, to + 6 * SN);
      s31.intoArray(sums, to + 7 * SN);
    }
  }

  /**
   * {@code y += sum over groups of sums[g] * scales[g] * units[g] + mins[g] * totals[g]} for a
   * vector of rows and one token; even and odd lanes of the sums belong together.
   *
   * @param hasMins otherwise {@code mins} is stale
   * @param shift of a group's index to that of its 32 columns
   */
  static void scale(
      short[] sums,
      int from,
      int nGroups,
      float[] scales,
      float[] mins,
      boolean hasMins,
      int s,
      float[] units,
      int u,
      int shift,
      float[] totals,
      int t,
      float[] y,
      int at) {
    FloatVector f = FloatVector.fromArray(Lanes.F, y, at);
    FloatVector m = FloatVector.zero(Lanes.F);
    for (int g = 0; g < nGroups; g++) {
      IntVector v = ShortVector.fromArray(Lanes.S, sums, from + g * 8 * SN).reinterpretAsInts();
      FloatVector c =
          (FloatVector)
              v.lanewise(VectorOperators.LSHL, 16)
                  .lanewise(VectorOperators.ASHR, 16)
                  .add(v.lanewise(VectorOperators.ASHR, 16))
                  .convertShape(VectorOperators.I2F, Lanes.F, 0);
      FloatVector unit = FloatVector.broadcast(Lanes.F, units[u + (g >> shift)]);
      f = c.mul(FloatVector.fromArray(Lanes.F, scales, s + g * ROWS)).fma(unit, f);
      if (hasMins) {
        FloatVector total = FloatVector.broadcast(Lanes.F, totals[t + g]);
        m = FloatVector.fromArray(Lanes.F, mins, s + g * ROWS).fma(total, m);
      }
    }
    f.add(m).intoArray(y, at);
  }

  /**
   * Multiplies the codes of a vector of rows by their scales: {@code dst[column, row]}.
   *
   * @param w index of the first code
   * @param at of the first row
   */
  static void toFloats(
      short[] panel, int w, int steps, int groupSteps, float[] scales, int s, float[] dst, int at) {
    for (int i = 0; i < steps; i++) {
      IntVector v = ShortVector.fromArray(Lanes.S, panel, w + i * STEP).reinterpretAsInts();
      FloatVector scale = FloatVector.fromArray(Lanes.F, scales, s + i / groupSteps * ROWS);
      FloatVector even =
          (FloatVector)
              v.lanewise(VectorOperators.LSHL, 16)
                  .lanewise(VectorOperators.ASHR, 16)
                  .convertShape(VectorOperators.I2F, Lanes.F, 0);
      FloatVector odd =
          (FloatVector)
              v.lanewise(VectorOperators.ASHR, 16).convertShape(VectorOperators.I2F, Lanes.F, 0);
      even.mul(scale).intoArray(dst, at + 2 * i * ROWS);
      odd.mul(scale).intoArray(dst, at + (2 * i + 1) * ROWS);
    }
  }

  /** {@code y[token, row] += sum over n columns of w[column, row] * x[column, token]}. */
  static void multiplyFloats(float[] w, int at, float[] x, int a, int n, float[] y, int to) {
    FloatVector s00 = FloatVector.zero(Lanes.F), s01 = s00, s10 = s00, s11 = s00;
    FloatVector s20 = s00, s21 = s00, s30 = s00, s31 = s00;
    for (int k = 0; k < n; k++) {
      FloatVector w0 = FloatVector.fromArray(Lanes.F, w, at + k * ROWS);
      FloatVector w1 = FloatVector.fromArray(Lanes.F, w, at + k * ROWS + N);
      FloatVector v = FloatVector.broadcast(Lanes.F, x[a + 4 * k]);
      s00 = w0.fma(v, s00);
      s01 = w1.fma(v, s01);
      v = FloatVector.broadcast(Lanes.F, x[a + 4 * k + 1]);
      s10 = w0.fma(v, s10);
      s11 = w1.fma(v, s11);
      v = FloatVector.broadcast(Lanes.F, x[a + 4 * k + 2]);
      s20 = w0.fma(v, s20);
      s21 = w1.fma(v, s21);
      v = FloatVector.broadcast(Lanes.F, x[a + 4 * k + 3]);
      s30 = w0.fma(v, s30);
      s31 = w1.fma(v, s31);
    }
    s00.add(FloatVector.fromArray(Lanes.F, y, to)).intoArray(y, to);
    s01.add(FloatVector.fromArray(Lanes.F, y, to + N)).intoArray(y, to + N);
    s10.add(FloatVector.fromArray(Lanes.F, y, to + ROWS)).intoArray(y, to + ROWS);
    s11.add(FloatVector.fromArray(Lanes.F, y, to + ROWS + N)).intoArray(y, to + ROWS + N);
    s20.add(FloatVector.fromArray(Lanes.F, y, to + 2 * ROWS)).intoArray(y, to + 2 * ROWS);
    s21.add(FloatVector.fromArray(Lanes.F, y, to + 2 * ROWS + N)).intoArray(y, to + 2 * ROWS + N);
    s30.add(FloatVector.fromArray(Lanes.F, y, to + 3 * ROWS)).intoArray(y, to + 3 * ROWS);
    s31.add(FloatVector.fromArray(Lanes.F, y, to + 3 * ROWS + N)).intoArray(y, to + 3 * ROWS + N);
  }
}
