package dev.lamina.kernels.quantize;

/**
 * The values that a code can stand for before it is scaled. The methods work on one element of many
 * groups side by side, as {@link Groups} lays them out, and take the code with the value nearest to
 * {@code x * inverse}.
 */
interface Codes {
  /** Smallest value, negative or 0. */
  int lowest();

  /** Largest value. */
  int highest();

  /** Adds {@code w * q * x} and {@code w * q * q} of the nearest values q, [n] each. */
  void addSums(float[] x, float[] w, float[] inverse, float[] qx, float[] qq, int n);

  /** Adds {@code w * (x - scale * q)^2} of the nearest values q, [n]. */
  void addErrors(float[] x, float[] w, float[] scale, float[] inverse, float[] errors, int n);

  /** Sets the codes of the nearest values, [n]; codes count from 0. */
  void nearest(float[] x, float[] inverse, int[] codes, int n);
}
