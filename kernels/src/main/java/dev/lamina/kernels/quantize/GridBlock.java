package dev.lamina.kernels.quantize;

import java.util.Arrays;

/**
 * The 256 weights of a super-block and what an error of each costs, both in a range in which their
 * products are safe. Belongs to one thread.
 */
final class GridBlock {
  static final int SIZE = 256;

  // A column that was never used still gets values near its own.
  private static final float LEAST_COST = 1e-8f;

  // Far below what the smallest scale, an f16, can stand for.
  private static final float SMALLEST = 0x1p-40f;

  /** The weights divided by {@link #unit}, within -2 and 2. */
  final float[] x = new float[SIZE];

  /** What the square of an error costs, over 0, at most 1. */
  final float[] cost = new float[SIZE];

  /** {@link #cost} times {@link #x}. */
  final float[] costX = new float[SIZE];

  /** Sum of {@link #costX} times {@link #x}. */
  float energy;

  /** A power of two; 0 if the weights are zeros or too small for any scale. */
  float unit;

  /**
   * Loads the weights of a super-block.
   *
   * @param importance of the columns, from {@code column} on; null if all are alike
   */
  void load(float[] weights, int at, float[] importance, int column) {
    float max = 0;
    for (int i = 0; i < SIZE; i++) {
      max = Math.max(max, Math.abs(weights[at + i]));
    }
    unit = max < SMALLEST ? 0 : Math.scalb(1f, Math.getExponent(max));
    if (unit == 0) {
      return;
    }
    for (int i = 0; i < SIZE; i++) {
      x[i] = weights[at + i] / unit;
    }
    if (importance == null) {
      Arrays.fill(cost, 1);
    } else {
      weigh(importance, column);
    }
    energy = 0;
    for (int i = 0; i < SIZE; i++) {
      costX[i] = cost[i] * x[i];
      energy += costX[i] * x[i];
    }
  }

  private void weigh(float[] importance, int column) {
    float most = 0;
    for (int i = 0; i < SIZE; i++) {
      most = Math.max(most, importance[column + i]);
    }
    for (int i = 0; i < SIZE; i++) {
      float share = importance[column + i] / most;
      cost[i] = share > LEAST_COST ? share : LEAST_COST;
    }
  }

  /** Negates an element. */
  void negate(int i) {
    x[i] = -x[i];
    costX[i] = -costX[i];
  }
}
