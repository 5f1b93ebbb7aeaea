package dev.lamina.text.template;

/** A Python range; the length is at most {@link TemplateLimits#MAX_RANGE}. */
record Range(long start, long stop, long step) implements Comparable<Range> {

  /** Any order, so that those with the same hash are found quickly. */
  @Override
  public int compareTo(Range other) {
    int order = Long.compare(start, other.start);
    order = order != 0 ? order : Long.compare(stop, other.stop);
    return order != 0 ? order : Long.compare(step, other.step);
  }

  int length() {
    long span = step > 0 ? stop - start : start - stop;
    return span <= 0 ? 0 : (int) ((span - 1) / Math.abs(step) + 1);
  }

  long at(int index) {
    return start + index * step;
  }

  boolean has(long value) {
    boolean inside = step > 0 ? value >= start && value < stop : value <= start && value > stop;
    return inside && (value - start) % step == 0;
  }

  /**
   * The range of the same elements from {@code from} (included) by {@code by}, {@code count} of
   * them.
   */
  Range slice(int from, int by, int count) {
    long first = at(from);
    return new Range(first, first + count * (step * by), step * by);
  }
}
