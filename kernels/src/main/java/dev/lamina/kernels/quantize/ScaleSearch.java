package dev.lamina.kernels.quantize;

import java.util.Arrays;

/**
 * Finds for each group the scale d with the least weighted squared error of {@code x = d * q}.
 *
 * <p>Given the codes, the best scale is {@code sum(w q x) / sum(w q q)} and explains {@code sum(w q
 * x)^2 / sum(w q q)} of the squares. The codes come from a row of trial scales that take the
 * largest element near the end of the codes; then from the best scale so far, as long as that
 * helps.
 */
final class ScaleSearch {
  private final Codes codes;
  private final float[] trials;
  private final int refinements;

  /**
   * @param trials where the largest element falls, in parts of the last code's value
   * @param refinements how often codes and scale are fitted to each other in the end
   */
  ScaleSearch(Codes codes, float[] trials, int refinements) {
    this.codes = codes;
    this.trials = trials;
    this.refinements = refinements;
  }

  /** Trials at equal distances. */
  static float[] trials(float first, float last, int count) {
    float[] trials = new float[count];
    for (int i = 0; i < count; i++) {
      trials[i] = first + i * (last - first) / Math.max(count - 1, 1);
    }
    return trials;
  }

  /** The state of one search. Lane g of each array belongs to group g. */
  private static final class Search {
    final float[] largest;
    final float[] inverse;
    final float[] qx;
    final float[] qq;
    final float[] gain;
    final float[] scale;
    final float[] weight;

    Search(int n, float[] scale, float[] weight) {
      largest = new float[n];
      inverse = new float[n];
      qx = new float[n];
      qq = new float[n];
      gain = new float[n];
      this.scale = scale;
      this.weight = weight;
    }
  }

  /**
   * Searches all groups.
   *
   * @param scale receives the scales, [lanes]: 0 for a group of zeros, negative if the mirrored
   *     codes suit the group better
   * @param weight receives the weight of an error of each scale, [lanes]: the sum of w q q
   */
  void search(Groups groups, float[] scale, float[] weight) {
    int n = groups.lanes();
    Search search = new Search(n, scale, weight);
    Arrays.fill(scale, 0, n, 0);
    Arrays.fill(weight, 0, n, 0);
    findLargest(groups, search.largest, n);
    boolean evenSigned = codes.lowest() == -codes.highest();
    if (evenSigned) {
      makePositive(search.largest);
    }
    for (float trial : trials) {
      tryFrom(groups, search, codes.highest() * trial);
      if (codes.lowest() < 0 && !evenSigned) {
        tryFrom(groups, search, codes.lowest() * trial);
      }
    }
    for (int i = 0; i < refinements; i++) {
      invert(scale, search.inverse, n);
      tryInverse(groups, search);
    }
  }

  /** Sets the element with the largest magnitude of each group. */
  private static void findLargest(Groups groups, float[] largest, int n) {
    for (float[] x : groups.x) {
      for (int g = 0; g < n; g++) {
        if (Math.abs(x[g]) > Math.abs(largest[g])) {
          largest[g] = x[g];
        }
      }
    }
  }

  /** Symmetric codes give the same values with either sign; the scale is made positive then. */
  private static void makePositive(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(values[i]);
    }
  }

  private void tryFrom(Groups groups, Search search, float end) {
    for (int g = 0; g < groups.lanes(); g++) {
      search.inverse[g] = search.largest[g] == 0 ? 0 : end / search.largest[g];
    }
    tryInverse(groups, search);
  }

  private void tryInverse(Groups groups, Search search) {
    int n = groups.lanes();
    Arrays.fill(search.qx, 0);
    Arrays.fill(search.qq, 0);
    for (int e = 0; e < groups.size; e++) {
      codes.addSums(groups.x[e], groups.w[e], search.inverse, search.qx, search.qq, n);
    }
    for (int g = 0; g < n; g++) {
      float qx = search.qx[g];
      float qq = search.qq[g];
      if (qx * qx > search.gain[g] * qq) {
        search.gain[g] = qx * qx / qq;
        search.scale[g] = qx / qq;
        search.weight[g] = qq;
      }
    }
  }

  /** Reciprocals, 0 of 0. */
  static void invert(float[] values, float[] inverse, int n) {
    for (int i = 0; i < n; i++) {
      inverse[i] = values[i] == 0 ? 0 : 1 / values[i];
    }
  }
}
