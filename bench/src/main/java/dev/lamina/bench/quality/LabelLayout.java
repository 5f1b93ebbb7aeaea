package dev.lamina.bench.quality;

import java.util.ArrayList;
import java.util.List;

/** Places the labels of dots beside them without overlap, in pixels. */
final class LabelLayout {
  private static final double LETTER = 6.6;
  private static final double LINE = 14;

  /** From a dot's center to its name. */
  private static final double GAP = 8;

  /** Lines that a name may be above or below its dot. */
  private static final double[] LINES = {0, -0.5, 0.5, -1, 1, -1.6, 1.6, -2.2, 2.2, -2.8, 2.8};

  private final List<Box> taken = new ArrayList<>();

  /** A center and the size around it. */
  record Box(double x, double y, double width, double height) {
    private double overlap(Box other) {
      double across = (width + other.width) / 2 - Math.abs(x - other.x);
      double down = (height + other.height) / 2 - Math.abs(y - other.y);
      return across > 0 && down > 0 ? across * down : 0;
    }
  }

  /** Takes room for a dot. */
  void dot(double x, double y) {
    taken.add(new Box(x, y, GAP, GAP));
  }

  /**
   * The center of a name: where it covers least.
   *
   * @param x of the dot
   */
  Box place(String name, double x, double y) {
    double width = LETTER * name.length();
    Box best = null;
    double least = Double.POSITIVE_INFINITY;
    for (double lines : LINES) {
      for (int side : new int[] {1, -1}) {
        Box box = new Box(x + side * (GAP + width / 2), y + lines * LINE, width, LINE);
        double covered = taken.stream().mapToDouble(box::overlap).sum();
        if (covered < least) {
          least = covered;
          best = box;
        }
      }
    }
    taken.add(best);
    return best;
  }
}
