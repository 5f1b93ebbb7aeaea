package dev.lamina.cpu.kernel;

import jdk.incubator.vector.FloatVector;

/**
 * Rotary position embedding of one head: each pair (a, b) becomes (a cos - b sin, a sin + b cos).
 * The tables hold {@code nPairs} values from {@code tableAt} on.
 */
public final class Rope {
  private static final int N = Lanes.N;

  private Rope() {}

  /** Pairs are {@code x[at + i]} and {@code x[at + nPairs + i]}. */
  public static void rotateHalves(
      float[] x, int at, int nPairs, float[] cos, float[] sin, int tableAt) {
    int i = 0;
    for (; i <= nPairs - N; i += N) {
      FloatVector a = FloatVector.fromArray(Lanes.F, x, at + i);
      FloatVector b = FloatVector.fromArray(Lanes.F, x, at + nPairs + i);
      FloatVector c = FloatVector.fromArray(Lanes.F, cos, tableAt + i);
      FloatVector s = FloatVector.fromArray(Lanes.F, sin, tableAt + i);
      a.mul(c).sub(b.mul(s)).intoArray(x, at + i);
      a.mul(s).add(b.mul(c)).intoArray(x, at + nPairs + i);
    }
    for (; i < nPairs; i++) {
      rotate(x, at + i, at + nPairs + i, cos[tableAt + i], sin[tableAt + i]);
    }
  }

  /**
   * Pairs are {@code x[at + 2 * i]} and {@code x[at + 2 * i + 1]}. This is scalar: vectors would
   * lose as much time separating the pairs as they gain, and a token has few pairs.
   */
  public static void rotateInterleaved(
      float[] x, int at, int nPairs, float[] cos, float[] sin, int tableAt) {
    for (int i = 0; i < nPairs; i++) {
      rotate(x, at + 2 * i, at + 2 * i + 1, cos[tableAt + i], sin[tableAt + i]);
    }
  }

  private static void rotate(float[] x, int first, int second, float cos, float sin) {
    float a = x[first];
    float b = x[second];
    x[first] = a * cos - b * sin;
    x[second] = a * sin + b * cos;
  }
}
