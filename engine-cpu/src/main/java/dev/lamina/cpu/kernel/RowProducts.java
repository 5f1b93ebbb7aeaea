package dev.lamina.cpu.kernel;

import jdk.incubator.vector.FloatVector;

/**
 * Multiplies a few rows with a matrix. The rows of the matrix are added lane by lane, so that no
 * sum runs across a vector. Each vector of the matrix serves four rows, and each element of a row
 * four vectors.
 */
final class RowProducts {
  /**
   * Columns of a matrix, or of its panels, in memory. The distance of rows must be a compile-time
   * constant: then the compiler removes the index checks from the loops, which otherwise take four
   * times as long.
   */
  static final int WIDTH = 64;

  private static final int N = Lanes.N;

  private RowProducts() {}

  /**
   * {@code c[r, j] += sum over k in [0, n) of a[r, k] * b[k, j]} for r in [0, nRows), j in [0,
   * columns). It computes whole vectors of columns, so values in c after the last wanted column are
   * undefined.
   *
   * @param b [n, {@link #WIDTH}] from {@code bAt} on
   * @param columns 1 to {@link #WIDTH}
   */
  static void multiplyAdd(
      float[] a,
      int aAt,
      int aStride,
      int nRows,
      float[] b,
      int bAt,
      int n,
      float[] c,
      int cAt,
      int cStride,
      int columns) {
    int j = 0;
    for (; j <= columns - 4 * N; j += 4 * N) {
      int r = 0;
      for (; r <= nRows - 4; r += 4) {
        rows4x4(a, aAt + r * aStride, aStride, b, bAt + j, n, c, cAt + r * cStride + j, cStride);
      }
      for (; r < nRows; r++) {
        row1x4(a, aAt + r * aStride, b, bAt + j, n, c, cAt + r * cStride + j);
      }
    }
    for (; j < columns; j += N) {
      int r = 0;
      for (; r <= nRows - 4; r += 4) {
        rows4x1(a, aAt + r * aStride, aStride, b, bAt + j, n, c, cAt + r * cStride + j, cStride);
      }
      for (; r < nRows; r++) {
        row1x1(a, aAt + r * aStride, b, bAt + j, n, c, cAt + r * cStride + j);
      }
    }
  }

  /** Sums are named after row and vector. */
  private static void rows4x4(
      float[] a, int aAt, int aStride, float[] b, int bAt, int n, float[] c, int cAt, int cStride) {
    FloatVector zero = FloatVector.zero(Lanes.F);
    FloatVector s00 = zero, s01 = zero, s02 = zero, s03 = zero;
    FloatVector s10 = zero, s11 = zero, s12 = zero, s13 = zero;
    FloatVector s20 = zero, s21 = zero, s22 = zero, s23 = zero;
    FloatVector s30 = zero, s31 = zero, s32 = zero, s33 = zero;
    for (int k = 0; k < n; k++) {
      int at = bAt + k * WIDTH;
      FloatVector b0 = FloatVector.fromArray(Lanes.F, b, at);
      FloatVector b1 = FloatVector.fromArray(Lanes.F, b, at + N);
      FloatVector b2 = FloatVector.fromArray(Lanes.F, b, at + 2 * N);
      FloatVector b3 = FloatVector.fromArray(Lanes.F, b, at + 3 * N);
      FloatVector v = FloatVector.broadcast(Lanes.F, a[aAt + k]);
      s00 = b0.fma(v, s00);
      s01 = b1.fma(v, s01);
      s02 = b2.fma(v, s02);
      s03 = b3.fma(v, s03);
      v = FloatVector.broadcast(Lanes.F, a[aAt + aStride + k]);
      s10 = b0.fma(v, s10);
      s11 = b1.fma(v, s11);
      s12 = b2.fma(v, s12);
      s13 = b3.fma(v, s13);
      v = FloatVector.broadcast(Lanes.F, a[aAt + 2 * aStride + k]);
      s20 = b0.fma(v, s20);
      s21 = b1.fma(v, s21);
      s22 = b2.fma(v, s22);
      s23 = b3.fma(v, s23);
      v = FloatVector.broadcast(Lanes.F, a[aAt + 3 * aStride + k]);
      s30 = b0.fma(v, s30);
      s31 = b1.fma(v, s31);
      s32 = b2.fma(v, s32);
      s33 = b3.fma(v, s33);
    }
    int at = cAt;
    s00.add(FloatVector.fromArray(Lanes.F, c, at)).intoArray(c, at);
    s01.add(FloatVector.fromArray(Lanes.F, c, at + N)).intoArray(c, at + N);
    s02.add(FloatVector.fromArray(Lanes.F, c, at + 2 * N)).intoArray(c, at + 2 * N);
    s03.add(FloatVector.fromArray(Lanes.F, c, at + 3 * N)).intoArray(c, at + 3 * N);
    at += cStride;
    s10.add(FloatVector.fromArray(Lanes.F, c, at)).intoArray(c, at);
    s11.add(FloatVector.fromArray(Lanes.F, c, at + N)).intoArray(c, at + N);
    s12.add(FloatVector.fromArray(Lanes.F, c, at + 2 * N)).intoArray(c, at + 2 * N);
    s13.add(FloatVector.fromArray(Lanes.F, c, at + 3 * N)).intoArray(c, at + 3 * N);
    at += cStride;
    s20.add(FloatVector.fromArray(Lanes.F, c, at)).intoArray(c, at);
    s21.add(FloatVector.fromArray(Lanes.F, c, at + N)).intoArray(c, at + N);
    s22.add(FloatVector.fromArray(Lanes.F, c, at + 2 * N)).intoArray(c, at + 2 * N);
    s23.add(FloatVector.fromArray(Lanes.F, c, at + 3 * N)).intoArray(c, at + 3 * N);
    at += cStride;
    s30.add(FloatVector.fromArray(Lanes.F, c, at)).intoArray(c, at);
    s31.add(FloatVector.fromArray(Lanes.F, c, at + N)).intoArray(c, at + N);
    s32.add(FloatVector.fromArray(Lanes.F, c, at + 2 * N)).intoArray(c, at + 2 * N);
    s33.add(FloatVector.fromArray(Lanes.F, c, at + 3 * N)).intoArray(c, at + 3 * N);
  }

  private static void row1x4(float[] a, int aAt, float[] b, int bAt, int n, float[] c, int cAt) {
    FloatVector s0 = FloatVector.zero(Lanes.F);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int k = 0; k < n; k++) {
      int at = bAt + k * WIDTH;
      FloatVector v = FloatVector.broadcast(Lanes.F, a[aAt + k]);
      s0 = FloatVector.fromArray(Lanes.F, b, at).fma(v, s0);
      s1 = FloatVector.fromArray(Lanes.F, b, at + N).fma(v, s1);
      s2 = FloatVector.fromArray(Lanes.F, b, at + 2 * N).fma(v, s2);
      s3 = FloatVector.fromArray(Lanes.F, b, at + 3 * N).fma(v, s3);
    }
    s0.add(FloatVector.fromArray(Lanes.F, c, cAt)).intoArray(c, cAt);
    s1.add(FloatVector.fromArray(Lanes.F, c, cAt + N)).intoArray(c, cAt + N);
    s2.add(FloatVector.fromArray(Lanes.F, c, cAt + 2 * N)).intoArray(c, cAt + 2 * N);
    s3.add(FloatVector.fromArray(Lanes.F, c, cAt + 3 * N)).intoArray(c, cAt + 3 * N);
  }

  private static void rows4x1(
      float[] a, int aAt, int aStride, float[] b, int bAt, int n, float[] c, int cAt, int cStride) {
    FloatVector s0 = FloatVector.zero(Lanes.F);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int k = 0; k < n; k++) {
      FloatVector v = FloatVector.fromArray(Lanes.F, b, bAt + k * WIDTH);
      s0 = FloatVector.broadcast(Lanes.F, a[aAt + k]).fma(v, s0);
      s1 = FloatVector.broadcast(Lanes.F, a[aAt + aStride + k]).fma(v, s1);
      s2 = FloatVector.broadcast(Lanes.F, a[aAt + 2 * aStride + k]).fma(v, s2);
      s3 = FloatVector.broadcast(Lanes.F, a[aAt + 3 * aStride + k]).fma(v, s3);
    }
    s0.add(FloatVector.fromArray(Lanes.F, c, cAt)).intoArray(c, cAt);
    int at = cAt + cStride;
    s1.add(FloatVector.fromArray(Lanes.F, c, at)).intoArray(c, at);
    at += cStride;
    s2.add(FloatVector.fromArray(Lanes.F, c, at)).intoArray(c, at);
    at += cStride;
    s3.add(FloatVector.fromArray(Lanes.F, c, at)).intoArray(c, at);
  }

  private static void row1x1(float[] a, int aAt, float[] b, int bAt, int n, float[] c, int cAt) {
    FloatVector sum = FloatVector.zero(Lanes.F);
    for (int k = 0; k < n; k++) {
      FloatVector v = FloatVector.broadcast(Lanes.F, a[aAt + k]);
      sum = FloatVector.fromArray(Lanes.F, b, bAt + k * WIDTH).fma(v, sum);
    }
    sum.add(FloatVector.fromArray(Lanes.F, c, cAt)).intoArray(c, cAt);
  }
}
