package dev.lamina.kernels.quantize;

import dev.lamina.kernels.format.IQ1_S;

/** Search for the types of ternary values, all of a few octets shifted up or down. */
final class ShiftedSearch extends GridSearch {
  /** 1 where an octet is shifted down, [32]. */
  final int[] shifts = new int[GridBlock.SIZE / 8];

  private final int group;
  private final int nShifted;
  private final int[] down;
  private final int[] trialShifts;

  /**
   * @param nShifted octets that share a shift, a divisor of those of a group
   */
  ShiftedSearch(int group, int nShifted) {
    super(GridIndex.iq1(), group, 3, 1, false, 0.8f, 1.1f, 1.4f);
    this.group = group;
    this.nShifted = nShifted;
    this.down = new int[nShifted];
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
   * Matches octets that share a shift, from element {@code at} and octet {@code k} of the group.
   */
  private void matchShifted(int at, int k, float scale, boolean exactly) {
    matcher.reset();
    for (int i = 0; i < nShifted; i++) {
      trial[k + i] = matcher.match(at + 8 * i, scale, IQ1_S.DELTA, exactly);
    }
    float product = matcher.product;
    float square = matcher.square;
    float cost = matcher.cost(scale);
    matcher.reset();
    for (int i = 0; i < nShifted; i++) {
      down[i] = matcher.match(at + 8 * i, scale, -IQ1_S.DELTA, exactly);
    }
    boolean isDown = matcher.cost(scale) < cost;
    for (int i = 0; i < nShifted; i++) {
      trialShifts[k + i] = isDown ? 1 : 0;
    }
    if (isDown) {
      System.arraycopy(down, 0, trial, k, nShifted);
    } else {
      matcher.product = product;
      matcher.square = square;
    }
  }

  @Override
  void keep(int j) {
    super.keep(j);
    System.arraycopy(trialShifts, 0, shifts, j * trialShifts.length, trialShifts.length);
  }
}
