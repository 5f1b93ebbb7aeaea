package dev.lamina.kernels.quantize;

/**
 * The values of a table, at most 127 in magnitude.
 *
 * <p>The bound between two neighbors lies at half their sum, so twice a value, rounded down, tells
 * on which side of all bounds it is: that is looked up.
 */
final class TableCodes implements Codes {
  /** Added to twice a value to give an index. */
  private static final int ZERO = 256;

  private final int lowest;
  private final int highest;
  private final byte[] codeAt = new byte[2 * ZERO];
  private final float[] valueAt = new float[2 * ZERO];

  /**
   * @param table value of each code, in any order; of codes with the same value the first is used
   */
  TableCodes(byte[] table) {
    for (int i = 0; i < codeAt.length; i++) {
      // The middle of the interval, in quarters: never the same distance from two values.
      int at = 2 * (i - ZERO) + 1;
      int best = 0;
      for (int code = 1; code < table.length; code++) {
        if (Math.abs(4 * table[code] - at) < Math.abs(4 * table[best] - at)) {
          best = code;
        }
      }
      codeAt[i] = (byte) best;
      valueAt[i] = table[best];
    }
    lowest = (int) valueAt[0];
    highest = (int) valueAt[valueAt.length - 1];
  }

  @Override
  public int lowest() {
    return lowest;
  }

  @Override
  public int highest() {
    return highest;
  }

  private static int index(float value) {
    return Math.min(Math.max((int) (2 * value + ZERO), 0), 2 * ZERO - 1);
  }

  @Override
  public void addSums(float[] x, float[] w, float[] inverse, float[] qx, float[] qq, int n) {
    for (int g = 0; g < n; g++) {
      float q = valueAt[index(x[g] * inverse[g])];
      float wq = w[g] * q;
      qx[g] += wq * x[g];
      qq[g] += wq * q;
    }
  }

  @Override
  public void addErrors(
      float[] x, float[] w, float[] scale, float[] inverse, float[] errors, int n) {
    for (int g = 0; g < n; g++) {
      float error = x[g] - scale[g] * valueAt[index(x[g] * inverse[g])];
      errors[g] += w[g] * error * error;
    }
  }

  @Override
  public void nearest(float[] x, float[] inverse, int[] codes, int n) {
    for (int g = 0; g < n; g++) {
      codes[g] = codeAt[index(x[g] * inverse[g])];
    }
  }
}
