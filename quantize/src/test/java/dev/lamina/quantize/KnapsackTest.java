package dev.lamina.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.quantize.Knapsack.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KnapsackTest {
  private static final int SEED = 5;

  /** With budgets below the number of parts nothing is rounded. */
  @Test
  void findsTheBestOfAll() {
    Random random = new Random(SEED);
    for (int trial = 0; trial < 200; trial++) {
      List<List<Option>> items = items(random, 1 + random.nextInt(5), 30);
      long budget = 5 + random.nextInt(120);
      int[] chosen = Knapsack.choose(items, budget);
      double best = best(items, 0, budget);
      if (best == Double.POSITIVE_INFINITY) {
        assertNull(chosen, "trial " + trial);
      } else {
        assertTrue(size(items, chosen) <= budget, "trial " + trial);
        assertEquals(best, cost(items, chosen), 1e-9, "trial " + trial);
      }
    }
  }

  /** Large sizes are rounded up, by a part of the budget each at most. */
  @Test
  void staysWithinLargeBudgets() {
    Random random = new Random(SEED);
    List<List<Option>> items = items(random, 300, 500_000_000);
    long least = items.stream().mapToLong(o -> o.getFirst().size()).sum();
    long budget = 3 * least;
    int[] chosen = Knapsack.choose(items, budget);
    long size = size(items, chosen);
    assertTrue(size <= budget && size > 0.97 * budget, size + " of " + budget);
  }

  /** Options that cost less the larger they are. */
  private static List<List<Option>> items(Random random, int n, int mostSize) {
    List<List<Option>> items = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      List<Option> options = new ArrayList<>();
      long size = 1 + random.nextInt(mostSize);
      double cost = 100 * random.nextDouble();
      for (int o = 0; o < 4; o++) {
        options.add(new Option(size, cost));
        size += 1 + random.nextInt(mostSize);
        cost *= random.nextDouble();
      }
      items.add(options);
    }
    return items;
  }

  private static double best(List<List<Option>> items, int from, long budget) {
    if (budget < 0) {
      return Double.POSITIVE_INFINITY;
    }
    if (from == items.size()) {
      return 0;
    }
    double best = Double.POSITIVE_INFINITY;
    for (Option option : items.get(from)) {
      best = Math.min(best, option.cost() + best(items, from + 1, budget - option.size()));
    }
    return best;
  }

  private static long size(List<List<Option>> items, int[] chosen) {
    long size = 0;
    for (int i = 0; i < chosen.length; i++) {
      size += items.get(i).get(chosen[i]).size();
    }
    return size;
  }

  private static double cost(List<List<Option>> items, int[] chosen) {
    double cost = 0;
    for (int i = 0; i < chosen.length; i++) {
      cost += items.get(i).get(chosen[i]).cost();
    }
    return cost;
  }
}
