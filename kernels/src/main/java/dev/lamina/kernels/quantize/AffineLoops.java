package dev.lamina.kernels.quantize;

/**
 * Loops over lanes for {@code x = scale * q + low}, the code q an integer from 0 to {@code top}:
 * the one nearest to {@code (x - low) * inverse}.
 */
final class AffineLoops {
  private AffineLoops() {}

  /** Adds {@code w * q}, {@code w * q * x} and {@code w * q * q}, [n] each. */
  static void addSums(
      float[] x,
      float[] w,
      float[] low,
      float[] inverse,
      int top,
      float[] wq,
      float[] qx,
      float[] qq,
      int n) {
    for (int g = 0; g < n; g++) {
      // Conversion cuts toward 0, which is as good as down for what is then limited to 0.
      float q = Math.min(Math.max((int) ((x[g] - low[g]) * inverse[g] + 0.5f), 0), top);
      float product = w[g] * q;
      wq[g] += product;
      qx[g] += product * x[g];
      qq[g] += product * q;
    }
  }

  /** Adds {@code w * (x - scale * q - low)^2}, [n]. */
  static void addErrors(
      float[] x,
      float[] w,
      float[] scale,
      float[] low,
      float[] inverse,
      int top,
      float[] errors,
      int n) {
    for (int g = 0; g < n; g++) {
      float above = x[g] - low[g];
      float error =
          above - scale[g] * Math.min(Math.max((int) (above * inverse[g] + 0.5f), 0), top);
      errors[g] += w[g] * error * error;
    }
  }

  /** Sets the codes, [n]. */
  static void nearest(float[] x, float[] low, float[] inverse, int top, int[] codes, int n) {
    for (int g = 0; g < n; g++) {
      codes[g] = Math.min(Math.max((int) ((x[g] - low[g]) * inverse[g] + 0.5f), 0), top);
    }
  }
}
