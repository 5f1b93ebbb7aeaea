package dev.lamina.kernels.quantize;

/**
 * Matches runs of a block with entries of a codebook at given scales, and sums up what the best
 * scale for the matched entries is computed from. Belongs to one thread.
 */
final class GridMatcher {
  private final GridIndex index;
  private final GridBlock block;
  private final float[] costs = new float[16 * GridIndex.FIELDS];

  // level = (int) (value / scale * slope + offset)
  private final float slope;
  private final float offset;

  /** Sum of cost * x * entry value over the runs matched since {@link #reset()}. */
  float product;

  /** Sum of cost * entry value squared. */
  float square;

  GridMatcher(GridIndex index, GridBlock block) {
    this.index = index;
    this.block = block;
    float[] levels = index.levels;
    this.slope = 2 / (levels[2] - levels[0]);
    this.offset = 1 - slope * (levels[0] + levels[1]) / 2;
  }

  void reset() {
    product = 0;
    square = 0;
  }

  /**
   * The cost of the matched runs at a scale, less the constant that it is for zeros.
   *
   * @param scale of the entries' values
   */
  float cost(float scale) {
    return scale * (scale * square - 2 * product);
  }

  /**
   * The entry of least cost when its values are shifted by {@code shift} and multiplied by {@code
   * scale}.
   *
   * @param at the first element of the run
   * @param scale positive
   * @param exactly false: the nearest in levels is enough
   */
  int match(int at, float scale, float shift, boolean exactly) {
    int point = point(at, slope / scale, offset - shift * slope);
    int entry = exactly ? index.exact(point) : index.nearest(point);
    if (entry < 0) {
      if (index.dims == 8) {
        fillPairs(at, scale, shift);
      } else {
        fillSingles(at, scale, shift);
      }
      entry = index.nearest(point, costs);
    }
    sum(at, entry, shift);
    return entry;
  }

  private int point(int at, float slope, float offset) {
    float[] x = block.x;
    int nLevels = index.levels.length;
    int point = 0;
    for (int i = index.dims - 1; i >= 0; i--) {
      int level = (int) (x[at + i] * slope + offset);
      point = point * nLevels + Math.min(Math.max(level, 0), nLevels - 1);
    }
    return point;
  }

  private void sum(int at, int entry, float shift) {
    float[] values = index.values;
    int from = entry * index.dims;
    float p = 0;
    float s = 0;
    for (int i = 0; i < index.dims; i++) {
      float value = values[from + i] + shift;
      p += block.costX[at + i] * value;
      s += block.cost[at + i] * value * value;
    }
    product += p;
    square += s;
  }

  /** Costs of the 8 levels of each coordinate. */
  private void fillSingles(int at, float scale, float shift) {
    float[] levels = index.levels;
    for (int i = 0; i < 4; i++) {
      float square = block.cost[at + i] * scale * scale;
      float product = 2 * block.costX[at + i] * scale;
      for (int k = 0; k < 8; k++) {
        float value = levels[k] + shift;
        costs[16 * i + k] = value * (value * square - product);
      }
    }
  }

  /** Costs of the 3 x 3 levels of each two coordinates. */
  private void fillPairs(int at, float scale, float shift) {
    float low = (index.levels[0] + shift) * scale;
    float mid = (index.levels[1] + shift) * scale;
    float high = (index.levels[2] + shift) * scale;
    for (int i = 0; i < 4; i++) {
      float square = block.cost[at + 2 * i];
      float product = 2 * block.costX[at + 2 * i];
      float firstLow = low * (low * square - product);
      float firstMid = mid * (mid * square - product);
      float firstHigh = high * (high * square - product);
      square = block.cost[at + 2 * i + 1];
      product = 2 * block.costX[at + 2 * i + 1];
      float secondLow = low * (low * square - product);
      float secondMid = mid * (mid * square - product);
      float secondHigh = high * (high * square - product);
      costs[16 * i] = firstLow + secondLow;
      costs[16 * i + 1] = firstMid + secondLow;
      costs[16 * i + 2] = firstHigh + secondLow;
      costs[16 * i + 4] = firstLow + secondMid;
      costs[16 * i + 5] = firstMid + secondMid;
      costs[16 * i + 6] = firstHigh + secondMid;
      costs[16 * i + 8] = firstLow + secondHigh;
      costs[16 * i + 9] = firstMid + secondHigh;
      costs[16 * i + 10] = firstHigh + secondHigh;
    }
  }
}
