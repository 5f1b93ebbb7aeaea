package dev.lamina.text.template;

import java.util.Collections;
import java.util.List;

/** A Python tuple; {@code fields} names the items of a group as {@code groupby} makes them. */
final class Tuple {
  private final List<Object> items;
  private final List<String> fields;

  Tuple(List<Object> items) {
    this(items, List.of());
  }

  Tuple(List<Object> items, List<String> fields) {
    this.items = Collections.unmodifiableList(items);
    this.fields = fields;
  }

  static Tuple of(Object... items) {
    return new Tuple(java.util.Arrays.asList(items));
  }

  List<Object> items() {
    return items;
  }

  List<String> fields() {
    return fields;
  }
}
