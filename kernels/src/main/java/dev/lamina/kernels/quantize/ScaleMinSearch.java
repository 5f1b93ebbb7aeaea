package dev.lamina.kernels.quantize;

import java.util.Arrays;

/**
 * Finds for each group the scale d and the minimum m with the least weighted squared error of
 * {@code x = d * q + m}, q from 0 to a top.
 *
 * <p>Given the codes, d and m are those of a weighted regression line. The codes come from trials
 * that move both ends of the group's range inwards or outwards by parts of a step; then from the
 * best line so far.
 */
final class ScaleMinSearch {
  private final int top;
  private final float greatestMin;
  private final float[] lowEnds;
  private final float[] highEnds;
  private final int refinements;

  /**
   * @param top the largest code
   * @param greatestMin limit of the minima: 0 or infinity
   * @param lowEnds steps by which trials move the lower end inwards; each is combined with each of
   *     the others
   * @param highEnds the same for the upper end
   * @param refinements how often codes and line are fitted to each other in the end
   */
  ScaleMinSearch(int top, float greatestMin, float[] lowEnds, float[] highEnds, int refinements) {
    this.top = top;
    this.greatestMin = greatestMin;
    this.lowEnds = lowEnds;
    this.highEnds = highEnds;
    this.refinements = refinements;
  }

  /** The lines found. Lane g of each array belongs to group g. */
  static final class Lines {
    final float[] scale;
    final float[] min;

    /** Weight of an error of the scale: the sum of w q q. */
    final float[] scaleWeight;

    /** Weight of an error of the minimum: the sum of w. */
    final float[] minWeight;

    Lines(int lanes) {
      scale = new float[lanes];
      min = new float[lanes];
      scaleWeight = new float[lanes];
      minWeight = new float[lanes];
    }
  }

  /** The state of one search, in the same layout. */
  private static final class Search {
    final float[] lowest;
    final float[] highest;
    final float[] wx;
    final float[] low;
    final float[] inverse;
    final float[] wq;
    final float[] qx;
    final float[] qq;
    final float[] trialScale;
    final float[] trialMin;
    final float[] trialGain;
    final float[] gain;

    Search(int n) {
      lowest = new float[n];
      highest = new float[n];
      wx = new float[n];
      low = new float[n];
      inverse = new float[n];
      wq = new float[n];
      qx = new float[n];
      qq = new float[n];
      trialScale = new float[n];
      trialMin = new float[n];
      trialGain = new float[n];
      gain = new float[n];
    }
  }

  Lines search(Groups groups) {
    int n = groups.lanes();
    Search search = new Search(n);
    Lines lines = new Lines(n);
    measure(groups, search, lines);
    for (float lowEnd : lowEnds) {
      for (float highEnd : highEnds) {
        startFromRange(search, lowEnd, highEnd, n);
        tryLine(groups, search, lines);
      }
    }
    for (int i = 0; i < refinements; i++) {
      System.arraycopy(lines.min, 0, search.low, 0, n);
      ScaleSearch.invert(lines.scale, search.inverse, n);
      tryLine(groups, search, lines);
    }
    return lines;
  }

  /** Sets ranges and sums of the groups, and lines through their ends to begin with. */
  private void measure(Groups groups, Search search, Lines lines) {
    int n = groups.lanes();
    Arrays.fill(search.lowest, greatestMin);
    Arrays.fill(search.highest, Float.NEGATIVE_INFINITY);
    for (int e = 0; e < groups.size; e++) {
      float[] x = groups.x[e];
      float[] w = groups.w[e];
      for (int g = 0; g < n; g++) {
        search.lowest[g] = Math.min(search.lowest[g], x[g]);
        search.highest[g] = Math.max(search.highest[g], x[g]);
        lines.minWeight[g] += w[g];
        search.wx[g] += w[g] * x[g];
      }
    }
    for (int g = 0; g < n; g++) {
      search.highest[g] = Math.max(search.highest[g], search.lowest[g]);
      lines.min[g] = search.lowest[g];
      lines.scale[g] = (search.highest[g] - search.lowest[g]) / top;
      search.gain[g] = Float.NEGATIVE_INFINITY;
    }
  }

  private void startFromRange(Search search, float lowEnd, float highEnd, int n) {
    for (int g = 0; g < n; g++) {
      float step = (search.highest[g] - search.lowest[g]) / top;
      search.low[g] = search.lowest[g] + lowEnd * step;
      search.inverse[g] = step == 0 ? 0 : 1 / (step * (1 - (lowEnd + highEnd) / top));
    }
  }

  /** Fits lines to the codes that the trial gives and keeps those that explain more. */
  private void tryLine(Groups groups, Search search, Lines lines) {
    int n = groups.lanes();
    Arrays.fill(search.wq, 0);
    Arrays.fill(search.qx, 0);
    Arrays.fill(search.qq, 0);
    for (int e = 0; e < groups.size; e++) {
      AffineLoops.addSums(
          groups.x[e],
          groups.w[e],
          search.low,
          search.inverse,
          top,
          search.wq,
          search.qx,
          search.qq,
          n);
    }
    fit(search, lines.minWeight, greatestMin, n);
    for (int g = 0; g < n; g++) {
      // False if all codes are the same: the gain is NaN then.
      if (search.trialGain[g] > search.gain[g] && search.trialScale[g] > 0) {
        search.gain[g] = search.trialGain[g];
        lines.scale[g] = search.trialScale[g];
        lines.min[g] = search.trialMin[g];
        lines.scaleWeight[g] = search.qq[g];
      }
    }
  }

  /** Regression lines from the sums, and how much of the squares they explain. */
  private static void fit(Search search, float[] sumW, float greatestMin, int n) {
    float[] wx = search.wx;
    float[] wq = search.wq;
    float[] qx = search.qx;
    float[] qq = search.qq;
    float[] scale = search.trialScale;
    float[] min = search.trialMin;
    float[] gain = search.trialGain;
    for (int g = 0; g < n; g++) {
      float determinant = sumW[g] * qq[g] - wq[g] * wq[g];
      float m = Math.min((qq[g] * wx[g] - wq[g] * qx[g]) / determinant, greatestMin);
      float d = (qx[g] - m * wq[g]) / qq[g];
      scale[g] = d;
      min[g] = m;
      gain[g] = d * (2 * qx[g] - d * qq[g] - 2 * m * wq[g]) + m * (2 * wx[g] - m * sumW[g]);
    }
  }
}
