package dev.lamina.text.template;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** {@code sorted()}: stable, by Python's {@code <}. */
final class Sorting {
  private record Keyed(Object key, Object item) {}

  private Sorting() {}

  /**
   * The items in order of {@code key}.
   *
   * @throws RenderError if two keys have no order
   */
  static List<Object> sorted(
      List<Object> items, UnaryOperator<Object> key, boolean descending, Budget budget) {
    List<Keyed> keyed = new ArrayList<>(items.size());
    for (Object item : items) {
      keyed.add(new Keyed(key.apply(item), item));
    }
    // A descending sort keeps equal elements in their first order, too.
    keyed.sort((a, b) -> {
      budget.step();
      return descending
          ? Comparison.order(b.key, a.key, "<", budget)
          : Comparison.order(a.key, b.key, "<", budget);
    });
    budget.elements(items.size());
    List<Object> sorted = new ArrayList<>(items.size());
    for (Keyed k : keyed) {
      sorted.add(k.item);
    }
    return sorted;
  }
}
