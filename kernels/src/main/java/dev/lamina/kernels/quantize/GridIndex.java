package dev.lamina.kernels.quantize;

import dev.lamina.kernels.codebook.Codebooks;
import java.util.Arrays;
import java.util.function.IntToLongFunction;

/**
 * Finds the nearest entry of a codebook to a vector, for any weights.
 *
 * <p>The coordinates of all entries are of a few levels, so that the vector, rounded to levels, is
 * a point of a small lattice. Of the entries, one can only be the nearest if no other lies between
 * it and the point in every coordinate: those are listed for each point, about 15 (of four
 * coordinates) to 45 (of eight), and the search among them is exact. A point of the codebook has
 * just itself.
 *
 * <p>An index takes up to 1.2 MB and a few tenths of a second to build on a cold JVM, once per
 * codebook. It is immutable.
 */
final class GridIndex {
  /** Fields of a packed entry, of four bits each: one coordinate of four, or two of eight. */
  static final int FIELDS = 4;

  /** Coordinates of an entry, 4 or 8. */
  final int dims;

  /** Values of a coordinate, ascending, [3 or 8]. */
  final float[] levels;

  /** The coordinates of each entry, [entry * dims + coordinate]. */
  final float[] values;

  /** Where the list of a lattice point starts, [points + 1]. */
  private final int[] start;

  /** Entries, nearest first in levels. */
  private final char[] near;

  /** Their levels: of four coordinates 4 bits each, of eight 2 bits, the first lowest. */
  private final char[] nearLevels;

  private GridIndex(int dims, int nEntries, IntToLongFunction bytes, boolean signed) {
    this.dims = dims;
    this.values = new float[nEntries * dims];
    for (int i = 0; i < values.length; i++) {
      byte b = (byte) (bytes.applyAsLong(i / dims) >>> 8 * (i % dims));
      values[i] = signed ? b : b & 255;
    }
    this.levels = distinct(values);
    char[] packed = new char[nEntries];
    int[] steps = new int[nEntries];
    for (int e = 0; e < nEntries; e++) {
      for (int i = 0; i < dims; i++) {
        int level = Arrays.binarySearch(levels, values[e * dims + i]);
        packed[e] |= (char) (level << 16 / dims * i);
        steps[e] |= steps(level) << (levels.length - 1) * i;
      }
    }
    int points = (int) Math.pow(levels.length, dims);
    this.start = new int[points + 1];
    this.near = lists(points, steps);
    this.nearLevels = new char[near.length];
    for (int i = 0; i < near.length; i++) {
      nearLevels[i] = packed[near[i]];
    }
  }

  static GridIndex iq1() {
    return Iq1.INDEX;
  }

  static GridIndex iq2xxs() {
    return Iq2Xxs.INDEX;
  }

  static GridIndex iq2xs() {
    return Iq2Xs.INDEX;
  }

  static GridIndex iq2s() {
    return Iq2S.INDEX;
  }

  static GridIndex iq3xxs() {
    return Iq3Xxs.INDEX;
  }

  static GridIndex iq3s() {
    return Iq3S.INDEX;
  }

  /**
   * The single entry at a point of the codebook, or -1 elsewhere.
   *
   * @param point its levels as digits, the first coordinate's the lowest
   */
  int exact(int point) {
    int from = start[point];
    return start[point + 1] - from == 1 ? near[from] : -1;
  }

  /** The entry that is nearest to a point in levels. */
  int nearest(int point) {
    return near[start[point]];
  }

  /**
   * The entry with the least sum of costs among those that may be nearest to a point.
   *
   * @param costs of each value of a packed entry's fields, [field * 16 + value]
   */
  int nearest(int point, float[] costs) {
    int best = start[point];
    float least = Float.POSITIVE_INFINITY;
    for (int i = start[point]; i < start[point + 1]; i++) {
      int p = nearLevels[i];
      float cost =
          costs[p & 15]
              + costs[16 + (p >> 4 & 15)]
              + costs[32 + (p >> 8 & 15)]
              + costs[48 + (p >> 12)];
      if (cost < least) {
        least = cost;
        best = i;
      }
    }
    return near[best];
  }

  private static float[] distinct(float[] values) {
    float[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = 1;
    for (float v : sorted) {
      if (v != sorted[n - 1]) {
        sorted[n++] = v;
      }
    }
    return Arrays.copyOf(sorted, n);
  }

  /** As many low bits as steps lead up to a level: the steps between two levels are their xor. */
  private static int steps(int level) {
    return (1 << level) - 1;
  }

  private char[] lists(int points, int[] steps) {
    char[] all = new char[points * 8];
    char[] byDistance = new char[steps.length];
    int size = 0;
    for (int point = 0; point < points; point++) {
      int here = stepsOf(point);
      sort(steps, here, byDistance);
      if (all.length - size < steps.length) {
        all = Arrays.copyOf(all, 2 * all.length);
      }
      start[point] = size;
      size = undominated(steps, here, byDistance, all, size);
    }
    start[points] = size;
    return Arrays.copyOf(all, size);
  }

  private int stepsOf(int point) {
    int all = 0;
    for (int i = 0, rest = point; i < dims; i++, rest /= levels.length) {
      all |= steps(rest % levels.length) << (levels.length - 1) * i;
    }
    return all;
  }

  private static void sort(int[] steps, int here, char[] byDistance) {
    int[] at = new int[34];
    for (int s : steps) {
      at[Integer.bitCount(s ^ here) + 1]++;
    }
    for (int i = 1; i < at.length; i++) {
      at[i] += at[i - 1];
    }
    for (int e = 0; e < steps.length; e++) {
      byDistance[at[Integer.bitCount(steps[e] ^ here)]++] = (char) e;
    }
  }

  /** Appends the entries that have no other entry between them and the point in all coordinates. */
  private static int undominated(int[] steps, int here, char[] byDistance, char[] list, int from) {
    int size = from;
    for (char e : byDistance) {
      int way = steps[e] ^ here;
      int i = from;
      while (i < size && ((steps[list[i]] ^ here) & ~way) != 0) {
        i++;
      }
      if (i == size) {
        list[size++] = e;
      }
    }
    return size;
  }

  private static GridIndex octets(long[] grid, boolean signed) {
    return new GridIndex(8, grid.length, e -> grid[e], signed);
  }

  private static GridIndex quartets(int[] grid) {
    return new GridIndex(4, grid.length, e -> grid[e], false);
  }

  // One class per index: the JVM builds each at its first use, safely for several threads.

  private static final class Iq1 {
    static final GridIndex INDEX = octets(Codebooks.iq1(), true);
  }

  private static final class Iq2Xxs {
    static final GridIndex INDEX = octets(Codebooks.iq2xxs(), false);
  }

  private static final class Iq2Xs {
    static final GridIndex INDEX = octets(Codebooks.iq2xs(), false);
  }

  private static final class Iq2S {
    static final GridIndex INDEX = octets(Codebooks.iq2s(), false);
  }

  private static final class Iq3Xxs {
    static final GridIndex INDEX = quartets(Codebooks.iq3xxs());
  }

  private static final class Iq3S {
    static final GridIndex INDEX = quartets(Codebooks.iq3s());
  }
}
