package dev.lamina.kernels.quantize;

/** The integers from {@code lowest} to {@code highest}, of which the lowest has code 0. */
record UniformCodes(int lowest, int highest) implements Codes {
  @Override
  public void addSums(float[] x, float[] w, float[] inverse, float[] qx, float[] qq, int n) {
    int low = lowest;
    int top = highest - lowest;
    float round = 0.5f - low;
    for (int g = 0; g < n; g++) {
      // Conversion cuts toward 0, which is as good as down for what is then limited to 0.
      int code = Math.min(Math.max((int) (x[g] * inverse[g] + round), 0), top);
      float q = code + low;
      float wq = w[g] * q;
      qx[g] += wq * x[g];
      qq[g] += wq * q;
    }
  }

  @Override
  public void addErrors(
      float[] x, float[] w, float[] scale, float[] inverse, float[] errors, int n) {
    int low = lowest;
    int top = highest - lowest;
    float round = 0.5f - low;
    for (int g = 0; g < n; g++) {
      int code = Math.min(Math.max((int) (x[g] * inverse[g] + round), 0), top);
      float error = x[g] - scale[g] * (code + low);
      errors[g] += w[g] * error * error;
    }
  }

  @Override
  public void nearest(float[] x, float[] inverse, int[] codes, int n) {
    int top = highest - lowest;
    float round = 0.5f - lowest;
    for (int g = 0; g < n; g++) {
      codes[g] = Math.min(Math.max((int) (x[g] * inverse[g] + round), 0), top);
    }
  }
}
