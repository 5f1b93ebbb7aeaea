package dev.lamina.cpu.kernel;

import jdk.incubator.vector.FloatVector;

/**
 * A panel of dequantized weights times a batch of tokens. 4 x 4 dot products are accumulated in
 * registers, so that every load is used four times. Belongs to one worker.
 */
final class Tiles {
  private static final int N = Lanes.N;
  private static final int STRIDE = MatMul.PANEL_COLUMNS;

  /** The sums of a tile before their lanes are added, token by token. */
  private final float[] sums = new float[16 * N];

  /**
   * {@code y[yAt + t * yStride + r] += sum over k < n of panel[r, k] * x[xAt + t * xStride + k]}.
   */
  void multiplyAdd(
      float[] panel,
      int nRows,
      int n,
      float[] x,
      int xAt,
      int xStride,
      int nTokens,
      float[] y,
      int yAt,
      int yStride) {
    int whole = n - n % N;
    int t = 0;
    for (; t <= nTokens - 4; t += 4) {
      int r = 0;
      for (; r <= nRows - 4; r += 4) {
        int to = yAt + t * yStride + r;
        tile4x4(panel, r * STRIDE, whole, x, xAt + t * xStride, xStride, y, to, yStride);
      }
      for (; r < nRows; r++) {
        for (int i = t; i < t + 4; i++) {
          y[yAt + i * yStride + r] += dot(panel, r * STRIDE, whole, x, xAt + i * xStride);
        }
      }
    }
    for (; t < nTokens; t++) {
      int r = 0;
      for (; r <= nRows - 4; r += 4) {
        tile4x1(panel, r * STRIDE, whole, x, xAt + t * xStride, y, yAt + t * yStride + r);
      }
      for (; r < nRows; r++) {
        y[yAt + t * yStride + r] += dot(panel, r * STRIDE, whole, x, xAt + t * xStride);
      }
    }
    if (whole < n) {
      tail(panel, nRows, whole, n, x, xAt, xStride, nTokens, y, yAt, yStride);
    }
  }

  /**
   * Multiplies the last columns, fewer than a vector. Only unquantized matrices have such columns.
   */
  private static void tail(
      float[] panel,
      int nRows,
      int from,
      int n,
      float[] x,
      int xAt,
      int xStride,
      int nTokens,
      float[] y,
      int yAt,
      int yStride) {
    for (int t = 0; t < nTokens; t++) {
      for (int r = 0; r < nRows; r++) {
        float sum = 0;
        for (int k = from; k < n; k++) {
          sum = Math.fma(panel[r * STRIDE + k], x[xAt + t * xStride + k], sum);
        }
        y[yAt + t * yStride + r] += sum;
      }
    }
  }

  private float dot(float[] w, int at, int n, float[] x, int xAt) {
    FloatVector sum = FloatVector.zero(Lanes.F);
    for (int i = 0; i < n; i += N) {
      FloatVector v = FloatVector.fromArray(Lanes.F, w, at + i);
      sum = v.fma(FloatVector.fromArray(Lanes.F, x, xAt + i), sum);
    }
    sum.intoArray(sums, 0);
    return Lanes.sum(sums, 0);
  }

  private void tile4x1(float[] w, int at, int n, float[] x, int xAt, float[] y, int yAt) {
    FloatVector sum0 = FloatVector.zero(Lanes.F);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    for (int i = 0; i < n; i += N) {
      FloatVector v = FloatVector.fromArray(Lanes.F, x, xAt + i);
      sum0 = FloatVector.fromArray(Lanes.F, w, at + i).fma(v, sum0);
      sum1 = FloatVector.fromArray(Lanes.F, w, at + STRIDE + i).fma(v, sum1);
      sum2 = FloatVector.fromArray(Lanes.F, w, at + 2 * STRIDE + i).fma(v, sum2);
      sum3 = FloatVector.fromArray(Lanes.F, w, at + 3 * STRIDE + i).fma(v, sum3);
    }
    store(sum0, sum1, sum2, sum3, 0);
    addSums(0, y, yAt);
  }

  /** Sums are named after row and token. */
  private void tile4x4(
      float[] w, int at, int n, float[] x, int xAt, int xStride, float[] y, int yAt, int yStride) {
    FloatVector zero = FloatVector.zero(Lanes.F);
    FloatVector s00 = zero, s01 = zero, s02 = zero, s03 = zero;
    FloatVector s10 = zero, s11 = zero, s12 = zero, s13 = zero;
    FloatVector s20 = zero, s21 = zero, s22 = zero, s23 = zero;
    FloatVector s30 = zero, s31 = zero, s32 = zero, s33 = zero;
    for (int i = 0; i < n; i += N) {
      FloatVector w0 = FloatVector.fromArray(Lanes.F, w, at + i);
      FloatVector w1 = FloatVector.fromArray(Lanes.F, w, at + STRIDE + i);
      FloatVector w2 = FloatVector.fromArray(Lanes.F, w, at + 2 * STRIDE + i);
      FloatVector w3 = FloatVector.fromArray(Lanes.F, w, at + 3 * STRIDE + i);
      FloatVector v = FloatVector.fromArray(Lanes.F, x, xAt + i);
      s00 = w0.fma(v, s00);
      s10 = w1.fma(v, s10);
      s20 = w2.fma(v, s20);
      s30 = w3.fma(v, s30);
      v = FloatVector.fromArray(Lanes.F, x, xAt + xStride + i);
      s01 = w0.fma(v, s01);
      s11 = w1.fma(v, s11);
      s21 = w2.fma(v, s21);
      s31 = w3.fma(v, s31);
      v = FloatVector.fromArray(Lanes.F, x, xAt + 2 * xStride + i);
      s02 = w0.fma(v, s02);
      s12 = w1.fma(v, s12);
      s22 = w2.fma(v, s22);
      s32 = w3.fma(v, s32);
      v = FloatVector.fromArray(Lanes.F, x, xAt + 3 * xStride + i);
      s03 = w0.fma(v, s03);
      s13 = w1.fma(v, s13);
      s23 = w2.fma(v, s23);
      s33 = w3.fma(v, s33);
    }
    store(s00, s10, s20, s30, 0);
    store(s01, s11, s21, s31, 4 * N);
    store(s02, s12, s22, s32, 8 * N);
    store(s03, s13, s23, s33, 12 * N);
    for (int t = 0; t < 4; t++) {
      addSums(t * 4 * N, y, yAt + t * yStride);
    }
  }

  private void store(FloatVector s0, FloatVector s1, FloatVector s2, FloatVector s3, int at) {
    s0.intoArray(sums, at);
    s1.intoArray(sums, at + N);
    s2.intoArray(sums, at + 2 * N);
    s3.intoArray(sums, at + 3 * N);
  }

  private void addSums(int from, float[] y, int at) {
    y[at] += Lanes.sum(sums, from);
    y[at + 1] += Lanes.sum(sums, from + N);
    y[at + 2] += Lanes.sum(sums, from + 2 * N);
    y[at + 3] += Lanes.sum(sums, from + 3 * N);
  }
}
