package dev.lamina.kernels.quantize;

/**
 * Chooses the scale of a super-block, the scales of its groups and the codes of its weights: a
 * group's value is {@code d * (2 scale + 1)} times an entry of the codebook. Belongs to one thread.
 *
 * <p>Each group first gets the scale that suits it best; then d is chosen so that all groups find a
 * scale near theirs, and the codes are matched again at the scales that exist.
 */
abstract class GridSearch {
  private static final int D_CANDIDATES = 24;

  // Least squares shrink the weights, by the more the coarser the type is, and always along the
  // weights themselves, which harms a model more than errors that cancel out. This share of the
  // shrinkage is taken back; found by the divergence of quantized models.
  private static final double RESTORED = 0.8;

  final GridBlock block = new GridBlock();

  /** Codebook entry of each run of 4 or 8 elements. */
  final int[] entries;

  /** Scale of each group. */
  final int[] scales;

  final GridMatcher matcher;

  /** Entries of the group that was matched last. */
  final int[] trial;

  private final int topScale;
  private final float storedPerD;
  private final float[] starts;
  private float d;

  // Of each group: the scale that suits its codes, and the sums of the matcher.
  private final float[] ideal;
  private final float[] product;
  private final float[] square;

  /**
   * @param group elements that share a scale
   * @param scaleBits of a group's scale
   * @param storedPerD by what d is multiplied in the block
   * @param starts the scales to try first, in units of {@link #startScale}
   */
  GridSearch(GridIndex index, int group, int scaleBits, float storedPerD, float... starts) {
    int nGroups = GridBlock.SIZE / group;
    this.matcher = new GridMatcher(index, block);
    this.entries = new int[GridBlock.SIZE / index.dims];
    this.trial = new int[group / index.dims];
    this.scales = new int[nGroups];
    this.topScale = (1 << scaleBits) - 1;
    this.storedPerD = storedPerD;
    this.starts = starts;
    this.ideal = new float[nGroups];
    this.product = new float[nGroups];
    this.square = new float[nGroups];
  }

  /** Called with new weights in the block. */
  abstract void prepare();

  /** About the scale of a group's entries; 0 if it has only zeros. */
  abstract float startScale(int group);

  /** The purpose of a match. */
  enum Step {
    /** Finds the scale that suits a group. */
    START,
    /** Chooses among the scales that exist. */
    CHOICE,
    /** Sets the final codes. */
    LAST
  }

  /** Matches a group at a scale: fills {@link #trial} and the sums of {@link #matcher}. */
  abstract void match(int group, float scale, Step step);

  /** Keeps what {@link #match} chose. */
  void keep(int group) {
    System.arraycopy(trial, 0, entries, group * trial.length, trial.length);
  }

  /** The bits of the block's f16. */
  final short storedD() {
    return half(d);
  }

  /**
   * Quantizes the super-block.
   *
   * @return false if it is all zeros, or too small for the block's f16
   */
  final boolean search(float[] weights, int at, float[] importance, int column) {
    block.load(weights, at, importance, column);
    if (block.unit == 0) {
      return false;
    }
    prepare();
    float largest = 0;
    for (int j = 0; j < ideal.length; j++) {
      start(j);
      largest = Math.max(largest, ideal[j]);
    }
    d = rounded(firstD(largest));
    if (d > 0) {
      d = rounded(refine(Step.CHOICE));
    }
    if (d > 0) {
      d = rounded(refine(Step.LAST));
    }
    if (!(d > 0)) {
      return false;
    }
    restore();
    return half(d) != 0;
  }

  private void start(int group) {
    ideal[group] = 0;
    square[group] = 0;
    float gain = 0;
    float base = startScale(group);
    for (int i = 0; i < starts.length && base > 0; i++) {
      match(group, base * starts[i], Step.START);
      float p = matcher.product;
      if (p > 0 && p * p > gain * matcher.square) {
        gain = p * p / matcher.square;
        ideal[group] = p / matcher.square;
        square[group] = matcher.square;
        keep(group);
      }
    }
  }

  /** The d at which the scales that exist are nearest to the ideal ones. */
  private float firstD(float largest) {
    float range = 2 * topScale + 3;
    float best = 0;
    float least = Float.POSITIVE_INFINITY;
    for (int i = 0; i < D_CANDIDATES; i++) {
      float candidate = largest / (range * (1 - 0.5f * i / D_CANDIDATES));
      float cost = 0;
      for (int j = 0; j < ideal.length; j++) {
        int scale = Math.min((int) (ideal[j] / candidate / 2), topScale);
        float error = candidate * (2 * scale + 1) - ideal[j];
        cost += square[j] * error * error;
      }
      if (cost < least) {
        least = cost;
        best = candidate;
      }
    }
    return best;
  }

  /**
   * Matches every group at the scale nearest to its ideal one; for a choice at the one below and
   * the one above.
   *
   * @return the best d for the codes and scales chosen
   */
  private float refine(Step step) {
    boolean both = step == Step.CHOICE;
    float numerator = 0;
    float denominator = 0;
    for (int j = 0; j < ideal.length; j++) {
      float scale = (ideal[j] / d - 1) / 2;
      int first = Math.clamp((long) Math.floor(both ? scale : scale + 0.5f), 0, topScale);
      float least = tryScale(j, first, Float.POSITIVE_INFINITY, step);
      if (both && first < topScale) {
        tryScale(j, first + 1, least, step);
      }
      ideal[j] = product[j] / square[j];
      float factor = 2 * scales[j] + 1;
      numerator += factor * product[j];
      denominator += factor * factor * square[j];
    }
    return numerator / denominator;
  }

  private float tryScale(int group, int scale, float least, Step step) {
    float s = d * (2 * scale + 1);
    match(group, s, step);
    float cost = matcher.cost(s);
    if (!(cost < least)) {
      return least;
    }
    scales[group] = scale;
    product[group] = matcher.product;
    square[group] = matcher.square;
    keep(group);
    return cost;
  }

  private void restore() {
    float overlap = 0;
    for (int j = 0; j < scales.length; j++) {
      overlap += d * (2 * scales[j] + 1) * product[j];
    }
    if (overlap > 0) {
      d *= (float) Math.pow(block.energy / overlap, RESTORED);
    }
  }

  private float rounded(float d) {
    return d > 0 ? Float.float16ToFloat(half(d)) / block.unit / storedPerD : 0;
  }

  private short half(float d) {
    float scale = d * storedPerD * block.unit;
    Halves.checkRange(scale, block.unit);
    return Halves.bits(scale);
  }
}
