package dev.lamina.kernels.quantize;

import dev.lamina.kernels.format.IQ1_S;
import java.util.Arrays;

/** Search for types of ternary values, with a shift up or down that a few octets share. */
final class ShiftedSearch extends GridSearch {
  // In root mean squares; fewer or lower ones erred more.
  private static final float[] STARTS = {1.2f, 1.5f};

  /** 1 where an octet is shifted down, [32]. */
  final int[] shifts = new int[GridBlock.SIZE / 8];

  private final int group;
  private final int nShifted;
  private final int[] found;
  private final int[] foundDown;
  private final int[] trialShifts;

  /**
   * @param nShifted octets that share a shift, a divisor of those of a group
   */
  ShiftedSearch(int group, int nShifted) {
    super(GridIndex.iq1(), group, 3, 1, STARTS);
    this.group = group;
    this.nShifted = nShifted;
    this.found = new int[nShifted];
    this.foundDown = new int[nShifted];
    this.trialShifts = new int[group / 8];
  }

  @Override
  void prepare() {}

  /** The root mean square. */
  @Override
  float startScale(int j) {
    float cost = 0;
    float energy = 0;
    for (int i = j * group; i < (j + 1) * group; i++) {
      cost += block.cost[i];
      energy += block.costX[i] * block.x[i];
    }
    return (float) Math.sqrt(energy / cost);
  }

  /**
   * Both shifts are tried at the start, roughly, and at the end; a choice of scales keeps the shift
   * found at the start.
   */
  @Override
  void match(int j, float scale, Step step) {
    float product = 0;
    float square = 0;
    for (int k = 0; k < trial.length; k += nShifted) {
      int at = j * group + 8 * k;
      boolean isDown = shifts[at / 8] != 0;
      if (step == Step.CHOICE) {
        match(at, scale, isDown, true, found);
      } else {
        isDown = matchBetter(at, scale, step == Step.LAST);
      }
      product += matcher.product;
      square += matcher.square;
      System.arraycopy(found, 0, trial, k, nShifted);
      Arrays.fill(trialShifts, k, k + nShifted, isDown ? 1 : 0);
    }
    matcher.product = product;
    matcher.square = square;
  }

  /** Shifts up or down, and returns whether down. */
  private boolean matchBetter(int at, float scale, boolean exactly) {
    float up = match(at, scale, false, exactly, found);
    float product = matcher.product;
    float square = matcher.square;
    if (match(at, scale, true, exactly, foundDown) < up) {
      System.arraycopy(foundDown, 0, found, 0, nShifted);
      return true;
    }
    matcher.product = product;
    matcher.square = square;
    return false;
  }

  /** Matches octets that share a shift, from an element on, and returns the cost. */
  private float match(int at, float scale, boolean isDown, boolean exactly, int[] entries) {
    matcher.reset();
    for (int i = 0; i < nShifted; i++) {
      entries[i] = matcher.match(at + 8 * i, scale, isDown ? -IQ1_S.DELTA : IQ1_S.DELTA, exactly);
    }
    return matcher.cost(scale);
  }

  @Override
  void keep(int j) {
    super.keep(j);
    System.arraycopy(trialShifts, 0, shifts, j * trialShifts.length, trialShifts.length);
  }
}
