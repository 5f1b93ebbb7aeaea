package dev.lamina.engine.template;

import java.util.ArrayList;
import java.util.List;

/** Maps values to Java objects whose equals and hashCode agree with Python's. */
final class Keys {
  // A key is hashed without being charged for, so it stays small.
  private static final int MAX_TUPLE = 64;
  private static final int MAX_NESTING = 4;

  private static final Object NONE = new Object();

  private Keys() {}

  /**
   * The object that stands for {@code key} in a hash table.
   *
   * @throws RenderError for a list or dict, or a very large tuple
   */
  static Object canonical(Object key) {
    return canonical(key, 0);
  }

  private static Object canonical(Object key, int nesting) {
    return switch (key) {
      case null -> NONE;
      case String s -> s;
      case Boolean b -> b ? 1L : 0L;
      case Double d when d == Math.rint(d) && Math.abs(d) < 0x1p63 -> (long) (double) d;
      case Markup m -> m.text();
      case Tuple t -> tuple(t, nesting);
      case List<?> l -> throw new RenderError("unhashable type: 'list'");
      case Dict d -> throw new RenderError("unhashable type: 'dict'");
      default -> key;
    };
  }

  private static Object tuple(Tuple tuple, int nesting) {
    if (nesting >= MAX_NESTING || tuple.items().size() > MAX_TUPLE) {
      throw new RenderError("this tuple is too large to be a key");
    }
    List<Object> parts = new ArrayList<>();
    for (Object item : tuple.items()) {
      parts.add(canonical(item, nesting + 1));
    }
    return parts;
  }
}
