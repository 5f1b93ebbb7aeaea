package dev.lamina.cpu;

import java.util.Arrays;

/** Fills runs of an array by copying, which is fast before any code is compiled. */
final class FloatRuns {
  private static final float[] ZEROS = new float[512];
  private static final float[] HIDDEN = new float[512];

  static {
    Arrays.fill(HIDDEN, Float.NEGATIVE_INFINITY);
  }

  private FloatRuns() {}

  /** Sets n elements to 0. */
  static void clear(float[] array, int at, int n) {
    fill(ZEROS, array, at, n);
  }

  /** Sets n elements to negative infinity, the score of a position that is not seen. */
  static void hide(float[] array, int at, int n) {
    fill(HIDDEN, array, at, n);
  }

  private static void fill(float[] from, float[] array, int at, int n) {
    for (int i = 0; i < n; i += from.length) {
      System.arraycopy(from, 0, array, at + i, Math.min(from.length, n - i));
    }
  }
}
