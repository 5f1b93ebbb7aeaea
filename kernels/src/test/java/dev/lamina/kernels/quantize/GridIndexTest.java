package dev.lamina.kernels.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The search among the listed entries against one among all. */
class GridIndexTest {
  enum Grid {
    IQ1(2048),
    IQ2_XXS(256),
    IQ2_XS(512),
    IQ2_S(1024),
    IQ3_XXS(256),
    IQ3_S(512);

    final int nEntries;

    Grid(int nEntries) {
      this.nEntries = nEntries;
    }

    GridIndex index() {
      return switch (this) {
        case IQ1 -> GridIndex.iq1();
        case IQ2_XXS -> GridIndex.iq2xxs();
        case IQ2_XS -> GridIndex.iq2xs();
        case IQ2_S -> GridIndex.iq2s();
        case IQ3_XXS -> GridIndex.iq3xxs();
        case IQ3_S -> GridIndex.iq3s();
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void hasTheEntries(Grid grid) {
    GridIndex index = grid.index();
    assertSame(index, grid.index());
    assertEquals(grid.nEntries * index.dims, index.values.length);
    for (int e = 0; e < grid.nEntries; e++) {
      int point = 0;
      for (int i = index.dims - 1; i >= 0; i--) {
        int level = Arrays.binarySearch(index.levels, index.values[e * index.dims + i]);
        assertTrue(level >= 0, "a value that is no level");
        point = point * index.levels.length + level;
      }
      assertEquals(e, index.exact(point));
    }
  }

  /** For all weights, within and beyond the range of the values. */
  @ParameterizedTest
  @EnumSource
  void matchesTheNearest(Grid grid) {
    GridIndex index = grid.index();
    Random random = new Random(7);
    GridBlock block = new GridBlock();
    float[] x = new float[GridBlock.SIZE];
    float[] importance = new float[GridBlock.SIZE];
    GridMatcher matcher = new GridMatcher(index, block);
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
        importance[i] = (float) Math.exp(3 * random.nextGaussian());
      }
      block.load(x, 0, importance, 0);
      float scale = 2 * random.nextFloat() / index.levels[index.levels.length - 1];
      for (int at = 0; at < x.length; at += index.dims) {
        matcher.reset();
        matcher.match(at, scale, 0, true);
        double least = least(index, block, at, scale);
        assertTrue(
            matcher.cost(scale) <= least + tolerance(grid, block, at, scale),
            "round " + round + ", element " + at + ": " + matcher.cost(scale) + " > " + least);
      }
    }
  }

  // The levels of IQ3_XXS are not quite equidistant, which the rounding to them leaves aside.
  private static double tolerance(Grid grid, GridBlock block, int at, float scale) {
    GridIndex index = grid.index();
    double size = scale * index.levels[index.levels.length - 1];
    double terms = 0;
    for (int i = at; i < at + index.dims; i++) {
      terms += block.cost[i] * size * size + 2 * Math.abs(block.costX[i]) * size;
    }
    return (grid == Grid.IQ3_XXS ? 1e-3 : 1e-6) * terms;
  }

  private static double least(GridIndex index, GridBlock block, int at, float scale) {
    double least = Double.POSITIVE_INFINITY;
    for (int e = 0; e < index.values.length; e += index.dims) {
      double cost = 0;
      for (int i = 0; i < index.dims; i++) {
        double value = scale * index.values[e + i];
        cost += value * (value * block.cost[at + i] - 2 * block.costX[at + i]);
      }
      least = Math.min(least, cost);
    }
    return least;
  }
}
