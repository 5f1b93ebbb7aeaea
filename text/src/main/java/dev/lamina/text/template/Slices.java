package dev.lamina.text.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** {@code owner[start:stop:step]} on strings, lists, tuples and ranges. */
final class Slices {
  // Beyond any string's length, so that larger bounds mean the same.
  private static final BigInteger LIMIT = BigInteger.ONE.shiftLeft(40);

  private Slices() {}

  /**
   * The slice; bounds count code points or elements, from the end if negative, and null is absent.
   *
   * @throws RenderError if the owner cannot be sliced, a bound is no integer, or the step is zero
   */
  static Object slice(Object owner, Object start, Object stop, Object step, Budget budget) {
    return switch (owner) {
      case String s -> text(s, start, stop, step, budget);
      case Markup m -> new Markup(text(m.text(), start, stop, step, budget));
      case List<?> l -> items(l, start, stop, step, budget);
      case Tuple t -> new Tuple(items(t.items(), start, stop, step, budget));
      case Range r -> {
        Range at = positions(r.length(), start, stop, step);
        yield r.slice((int) at.start(), (int) at.step(), at.length());
      }
      case Undefined u -> throw u.error();
      case null, default ->
          throw new RenderError("'" + Values.typeName(owner) + "' object cannot be sliced");
    };
  }

  private static String text(String s, Object start, Object stop, Object step, Budget budget) {
    budget.scan(s.length());
    int length = s.codePointCount(0, s.length());
    Range at = positions(length, start, stop, step);
    int count = at.length();
    if (count == 0) {
      return "";
    }
    budget.string(count);
    if (at.step() == 1) {
      int from = s.offsetByCodePoints(0, (int) at.start());
      return s.substring(from, s.offsetByCodePoints(from, count));
    }
    int[] codePoints = s.codePoints().toArray();
    StringBuilder out = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      out.appendCodePoint(codePoints[(int) at.at(i)]);
    }
    return out.toString();
  }

  private static List<Object> items(
      List<?> items, Object start, Object stop, Object step, Budget budget) {
    Range at = positions(items.size(), start, stop, step);
    int count = at.length();
    budget.elements(count);
    List<Object> out = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      out.add(items.get((int) at.at(i)));
    }
    return out;
  }

  /** The positions that the slice takes from {@code length} elements. */
  private static Range positions(int length, Object start, Object stop, Object step) {
    long by = step == null ? 1 : bound(step);
    if (by == 0) {
      throw new RenderError("slice step cannot be zero");
    }
    long low = by > 0 ? 0 : -1;
    long high = by > 0 ? length : length - 1L;
    long from = start == null ? (by > 0 ? low : high) : clamp(bound(start), length, low, high);
    long to = stop == null ? (by > 0 ? high : low) : clamp(bound(stop), length, low, high);
    return new Range(from, to, by);
  }

  private static long clamp(long bound, int length, long low, long high) {
    return Math.clamp(bound < 0 ? bound + length : bound, low, high);
  }

  private static long bound(Object v) {
    if (v instanceof Undefined || !Values.isInteger(v)) {
      throw new RenderError("slice indices must be integers or None");
    }
    return Numbers.big(v).min(LIMIT).max(LIMIT.negate()).longValue();
  }
}
