package dev.lamina.text.template;

import java.util.List;

/**
 * Stands for a tuple in a hash table. It has an order, by which a table finds those with the same
 * hash quickly.
 *
 * @param parts canonical, see {@link Keys}
 */
record TupleKey(List<Object> parts) implements Comparable<TupleKey> {
  @Override
  public int compareTo(TupleKey other) {
    int order = Integer.compare(parts.size(), other.parts.size());
    for (int i = 0; order == 0 && i < parts.size(); i++) {
      order = compare(parts.get(i), other.parts.get(i));
    }
    return order;
  }

  /** Zero also for what has no order. */
  private static int compare(Object a, Object b) {
    return switch (a) {
      case String s when b instanceof String t -> s.compareTo(t);
      case Long i when b instanceof Long j -> i.compareTo(j);
      case Double d when b instanceof Double e -> d.compareTo(e);
      case TupleKey t when b instanceof TupleKey u -> t.compareTo(u);
      default -> a.getClass().getName().compareTo(b.getClass().getName());
    };
  }
}
