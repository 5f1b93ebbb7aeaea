package dev.lamina.kernels.quantize;

/**
 * Weights of many groups, each of which gets a scale of its own, side by side: lane g of array e is
 * element e of group g. A loop over lanes has no sums across its steps, so the JIT compiler can
 * turn it into vector instructions, which it may not do with a sum of floats.
 *
 * <p>The weights of a block are divided by a power of two that takes the largest to 1..2, so that
 * no search overflows, and values that a format represents exactly remain exact.
 */
final class Groups {
  /** Keeps the searches well conditioned where the importance is nearly all in one column. */
  private static final float LEAST_WEIGHT = 1e-4f;

  /** Smaller weights than this power of two are far below the least that scales in F16 allow. */
  private static final int LEAST_EXPONENT = -100;

  /** Elements of a group. */
  final int size;

  /** Groups of a block; those of one block are in consecutive lanes. */
  final int perBlock;

  /** Values to quantize, [size][lanes]. */
  final float[][] x;

  /** Weight of the error of each value, about 1 on average, [size][lanes]. */
  final float[][] w;

  /** The divisor of the values of each block, [blocks]. */
  final float[] unit;

  private int blocks;

  Groups(int size, int perBlock, int maxBlocks) {
    this.size = size;
    this.perBlock = perBlock;
    x = new float[size][maxBlocks * perBlock];
    w = new float[size][maxBlocks * perBlock];
    unit = new float[maxBlocks];
  }

  /** Blocks loaded. */
  int blocks() {
    return blocks;
  }

  /** Groups loaded, the lanes in use. */
  int lanes() {
    return blocks * perBlock;
  }

  /** Marks lanes that the caller has filled as loaded. */
  void filled(int newBlocks) {
    blocks = newBlocks;
  }

  /**
   * Loads consecutive blocks of one or more rows.
   *
   * <p>Errors of large weights count somewhat more than the importance says, which keeps the
   * predictions of the coarser types closer to the original's.
   *
   * @param rows has the weights from {@code at} on
   * @param importance of the columns, those of the first block from {@code column} on; null if all
   *     count the same
   * @param columns of a row
   */
  void load(float[] rows, int at, float[] importance, int column, int columns, int newBlocks) {
    blocks = newBlocks;
    int blockSize = size * perBlock;
    for (int b = 0; b < newBlocks; b++) {
      loadValues(rows, at + b * blockSize, b);
      loadWeights(importance, (column + b * blockSize) % columns, b);
    }
  }

  private void loadValues(float[] row, int at, int block) {
    float largest = 0;
    for (int i = at; i < at + size * perBlock; i++) {
      largest = Math.max(largest, Math.abs(row[i]));
    }
    int exponent = Math.max(Math.getExponent(largest), LEAST_EXPONENT);
    // Two steps: the reciprocal of the largest power of two is subnormal.
    float half = Math.scalb(1.0f, -(exponent / 2));
    float otherHalf = Math.scalb(1.0f, -(exponent - exponent / 2));
    unit[block] = Math.scalb(1.0f, exponent);
    for (int e = 0; e < size; e++) {
      float[] values = x[e];
      for (int k = 0; k < perBlock; k++) {
        values[block * perBlock + k] = row[at + k * size + e] * half * otherHalf;
      }
    }
  }

  /** Sets {@code importance * sqrt(2 * mean + x^2)}, where mean is that of x^2 in the block. */
  private void loadWeights(float[] importance, int column, int block) {
    float mean = 0;
    for (float[] values : x) {
      for (int lane = block * perBlock; lane < (block + 1) * perBlock; lane++) {
        mean += values[lane] * values[lane];
      }
    }
    mean /= size * perBlock;
    double perMean = reciprocalMean(importance, column);
    float perSquare = mean == 0 ? 0 : 1 / (3 * mean);
    for (int e = 0; e < size; e++) {
      float[] values = x[e];
      float[] counts = w[e];
      for (int k = 0; k < perBlock; k++) {
        int lane = block * perBlock + k;
        float square = values[lane] * values[lane];
        counts[lane] = (float) Math.sqrt((2 * mean + square) * perSquare) + LEAST_WEIGHT;
        if (perMean > 0) {
          counts[lane] *= (float) (importance[column + k * size + e] * perMean) + LEAST_WEIGHT;
        }
      }
    }
  }

  /** One over the mean importance of a block's columns; 0 if there is none. */
  private double reciprocalMean(float[] importance, int column) {
    if (importance == null) {
      return 0;
    }
    double sum = 0;
    for (int i = column; i < column + size * perBlock; i++) {
      sum += importance[i];
    }
    return sum > 0 ? size * perBlock / sum : 0;
  }
}
