package dev.lamina.kernels.quantize;

/**
 * Search for types with a codebook of magnitudes and separate signs: of each element, or of eight
 * as a mask with an even number of negative ones.
 */
final class SignedSearch extends GridSearch {
  /** Bit i set where element i of eight is negative, [32]. */
  final int[] signs = new int[GridBlock.SIZE / 8];

  private final int group;
  private final int dims;
  private final float top;
  private final boolean evenSigns;

  // Scales at which the largest weight gets the highest level, and some beside it; of eight levels
  // fewer will do than of three.
  private static final float[] STARTS = {0.9f, 1.02f, 1.17f, 1.36f};
  private static final float[] FEW_STARTS = {0.95f, 1.1f, 1.3f};

  SignedSearch(GridIndex index, int group, boolean evenSigns, float storedPerD) {
    super(index, group, 4, storedPerD, index.dims == 8 ? STARTS : FEW_STARTS);
    this.group = group;
    this.dims = index.dims;
    this.top = index.levels[index.levels.length - 1];
    this.evenSigns = evenSigns;
  }

  /** Makes the weights magnitudes. */
  @Override
  void prepare() {
    for (int k = 0; k < signs.length; k++) {
      int negative = 0;
      for (int i = 0; i < 8; i++) {
        if (block.x[8 * k + i] < 0) {
          negative |= 1 << i;
          block.negate(8 * k + i);
        }
      }
      if (evenSigns && Integer.bitCount(negative) % 2 != 0) {
        int i = cheapest(8 * k);
        negative ^= 1 << i;
        block.negate(8 * k + i);
      }
      signs[k] = negative;
    }
  }

  /**
   * Chooses the element of eight that gets the wrong sign. It will get the lowest magnitude, so
   * that its extra cost is in proportion to its own.
   */
  private int cheapest(int at) {
    int best = 0;
    for (int i = 1; i < 8; i++) {
      if (block.costX[at + i] < block.costX[at + best]) {
        best = i;
      }
    }
    return best;
  }

  @Override
  float startScale(int j) {
    float max = 0;
    for (int i = j * group; i < (j + 1) * group; i++) {
      max = Math.max(max, block.x[i]);
    }
    return max / top;
  }

  @Override
  void match(int j, float scale, Step step) {
    matcher.reset();
    for (int k = 0; k < trial.length; k++) {
      trial[k] = matcher.match(j * group + k * dims, scale, 0, true);
    }
  }
}
