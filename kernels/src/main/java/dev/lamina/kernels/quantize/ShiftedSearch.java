package dev.lamina.kernels.quantize;

import dev.lamina.kernels.format.IQ1_S;
import java.util.Arrays;

/** Search for the types of ternary values, all of a few octets shifted up or down. */
final class ShiftedSearch extends GridSearch {
  /** By what share of their sum two costs must differ for the lower one to be so without doubt. */
  private static final float CLEAR = 0.04f;

  /** 1 where an octet is shifted down, [32]. */
  final int[] shifts = new int[GridBlock.SIZE / 8];

  private final int group;
  private final int nShifted;
  private final int[] found;
  private final int[] trialShifts;

  /**
   * @param nShifted octets that share a shift, a divisor of those of a group
   */
  ShiftedSearch(int group, int nShifted) {
    super(GridIndex.iq1(), group, 3, 1, false, 0.8f, 1.1f, 1.4f);
    this.group = group;
    this.nShifted = nShifted;
    this.found = new int[nShifted];
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

  @Override
  void match(int j, float scale, boolean exactly) {
    float product = 0;
    float square = 0;
    for (int k = 0; k < trial.length; k += nShifted) {
      matchShifted(j * group + 8 * k, k, scale, exactly);
      product += matcher.product;
      square += matcher.square;
    }
    matcher.product = product;
    matcher.square = square;
  }

  /**
   * Matches octets that share a shift, from element {@code at} and octet {@code k} of the group. If
   * rough matches tell which way to shift, the other way is not tried again.
   */
  private void matchShifted(int at, int k, float scale, boolean exactly) {
    float up = match(at, scale, IQ1_S.DELTA, false);
    float down = match(at, scale, -IQ1_S.DELTA, false);
    boolean isDown = down < up;
    if (exactly && Math.abs(up - down) < CLEAR * Math.abs(up + down)) {
      // Which one is better stays so mostly: it comes last, as the matcher then has its sums.
      float other = match(at, scale, shift(!isDown), true);
      if (match(at, scale, shift(isDown), true) > other) {
        isDown = !isDown;
        match(at, scale, shift(isDown), true);
      }
    } else {
      match(at, scale, shift(isDown), exactly);
    }
    System.arraycopy(found, 0, trial, k, nShifted);
    Arrays.fill(trialShifts, k, k + nShifted, isDown ? 1 : 0);
  }

  private static float shift(boolean isDown) {
    return isDown ? -IQ1_S.DELTA : IQ1_S.DELTA;
  }

  /** Fills {@link #found} and returns the cost. */
  private float match(int at, float scale, float shift, boolean exactly) {
    matcher.reset();
    for (int i = 0; i < nShifted; i++) {
      found[i] = matcher.match(at + 8 * i, scale, shift, exactly);
    }
    return matcher.cost(scale);
  }

  @Override
  void keep(int j) {
    super.keep(j);
    System.arraycopy(trialShifts, 0, shifts, j * trialShifts.length, trialShifts.length);
  }
}
