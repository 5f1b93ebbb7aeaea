package dev.lamina.quantize;

import java.util.Arrays;
import java.util.List;

/**
 * Chooses one option of each item so that the sizes fit a budget and the sum of costs is smallest.
 * Sizes are rounded up to parts of the budget, so the budget holds and the result is nearly
 * optimal.
 */
final class Knapsack {
  private static final int PARTS = 1 << 14;

  private Knapsack() {}

  /**
   * @param size bytes
   * @param cost 0 or more
   */
  record Option(long size, double cost) {}

  /**
   * @param items the options of each; none is empty
   * @return the index of the option of each item; null if not even the smallest fit
   */
  static int[] choose(List<List<Option>> items, long budget) {
    long part = Math.max(1, Math.ceilDiv(budget, PARTS));
    int parts = (int) (budget / part);
    // The least cost of the items so far that fit so many parts, and the last one's option there.
    double[] costs = new double[parts + 1];
    byte[][] taken = new byte[items.size()][parts + 1];
    for (int i = 0; i < items.size(); i++) {
      double[] next = new double[parts + 1];
      Arrays.fill(next, Double.POSITIVE_INFINITY);
      List<Option> options = items.get(i);
      for (int o = 0; o < options.size(); o++) {
        long size = Math.ceilDiv(options.get(o).size, part);
        for (int at = parts; at >= size; at--) {
          double cost = costs[at - (int) size] + options.get(o).cost;
          if (cost < next[at]) {
            next[at] = cost;
            taken[i][at] = (byte) o;
          }
        }
      }
      costs = next;
    }
    if (costs[parts] == Double.POSITIVE_INFINITY) {
      return null;
    }
    int[] chosen = new int[items.size()];
    int at = parts;
    for (int i = items.size() - 1; i >= 0; i--) {
      chosen[i] = taken[i][at];
      at -= (int) Math.ceilDiv(items.get(i).get(chosen[i]).size, part);
    }
    return chosen;
  }
}
