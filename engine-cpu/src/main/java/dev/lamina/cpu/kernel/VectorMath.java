package dev.lamina.cpu.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Operations on runs of float32 activations. A run is an array, the index of its first element and
 * a length; an output may overlap an input only if it is the same run. Nothing is allocated.
 *
 * <p>All throw {@link IndexOutOfBoundsException} if a run does not fit its array.
 */
public final class VectorMath {
  private static final int N = Lanes.N;

  private VectorMath() {}

  /** Sum of {@code x[i]}. */
  static float sum(float[] x, int at, int n, Scratch scratch) {
    FloatVector sum = FloatVector.zero(Lanes.F);
    int i = 0;
    for (; i <= n - N; i += N) {
      sum = sum.add(FloatVector.fromArray(Lanes.F, x, at + i));
    }
    sum.intoArray(scratch.codes.sums, 0);
    float total = Lanes.sum(scratch.codes.sums, 0);
    for (; i < n; i++) {
      total += x[at + i];
    }
    return total;
  }

  /** {@code y[i] += factor * x[i]}. */
  public static void addScaled(float factor, float[] x, int xAt, float[] y, int yAt, int n) {
    FloatVector f = FloatVector.broadcast(Lanes.F, factor);
    int i = 0;
    for (; i <= n - N; i += N) {
      FloatVector v = FloatVector.fromArray(Lanes.F, x, xAt + i);
      v.fma(f, FloatVector.fromArray(Lanes.F, y, yAt + i)).intoArray(y, yAt + i);
    }
    for (; i < n; i++) {
      y[yAt + i] = Math.fma(x[xAt + i], factor, y[yAt + i]);
    }
  }

  /** {@code out[i] = a[i] + b[i]}. */
  public static void add(float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
    int i = 0;
    for (; i <= n - N; i += N) {
      FloatVector v = FloatVector.fromArray(Lanes.F, a, aAt + i);
      v.add(FloatVector.fromArray(Lanes.F, b, bAt + i)).intoArray(out, outAt + i);
    }
    for (; i < n; i++) {
      out[outAt + i] = a[aAt + i] + b[bAt + i];
    }
  }

  /** {@code x[i] *= factor}. */
  public static void scale(float factor, float[] x, int at, int n) {
    int i = 0;
    for (; i <= n - N; i += N) {
      FloatVector.fromArray(Lanes.F, x, at + i).mul(factor).intoArray(x, at + i);
    }
    for (; i < n; i++) {
      x[at + i] *= factor;
    }
  }

  /** The largest element; negative infinity for an empty run. NaN elements may be ignored. */
  public static float max(float[] x, int at, int n) {
    float max = Float.NEGATIVE_INFINITY;
    int i = 0;
    if (n >= N) {
      FloatVector m = FloatVector.fromArray(Lanes.F, x, at);
      for (i = N; i <= n - N; i += N) {
        FloatVector v = FloatVector.fromArray(Lanes.F, x, at + i);
        m = m.blend(v, v.compare(VectorOperators.GT, m));
      }
      max = m.reduceLanes(VectorOperators.MAX);
    }
    for (; i < n; i++) {
      max = Math.max(max, x[at + i]);
    }
    return max;
  }

  /**
   * Copies {@code from[fromAt + i]}, rounded to the nearest half float, ties to even. The compiler
   * vectorizes this loop.
   */
  public static void roundToF16(float[] from, int fromAt, float[] to, int toAt, int n) {
    for (int i = 0; i < n; i++) {
      to[toAt + i] = Float.float16ToFloat(Float.floatToFloat16(from[fromAt + i]));
    }
  }

  /** {@code x[i] *= factor}, then rounded as by {@link #roundToF16}. */
  static void scaleToF16(float factor, float[] x, int at, int n) {
    for (int i = 0; i < n; i++) {
      x[at + i] = Float.float16ToFloat(Float.floatToFloat16(x[at + i] * factor));
    }
  }
}
