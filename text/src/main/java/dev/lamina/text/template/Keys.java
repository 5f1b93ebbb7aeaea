package dev.lamina.text.template;

import java.util.ArrayList;
import java.util.List;

/** Maps values to Java objects with Python's equality and hash. */
final class Keys {
  // A tuple is hashed without being charged for, so it stays small, all that is in it together.
  private static final int MAX_PARTS = 64;
  private static final int MAX_CHARS = 4096;

  private static final Object NONE = new Object();

  private Keys() {}

  /**
   * The object that stands for {@code key} in a hash table.
   *
   * @throws RenderError for a list or dict, or a very large tuple
   */
  static Object canonical(Object key) {
    return switch (key) {
      case null -> NONE;
      case String s -> s;
      case Boolean b -> b ? 1L : 0L;
      case Double d when d == Math.rint(d) && Math.abs(d) < 0x1p63 -> (long) (double) d;
      case Markup m -> m.text();
      case Tuple t -> tuple(t, new int[2]);
      case List<?> l -> throw new RenderError("unhashable type: 'list'");
      case Dict d -> throw new RenderError("unhashable type: 'dict'");
      default -> key;
    };
  }

  /**
   * @param used parts and characters so far
   */
  private static TupleKey tuple(Tuple tuple, int[] used) {
    List<Object> parts = new ArrayList<>();
    for (Object item : tuple.items()) {
      used[0]++;
      String text = item instanceof Markup m ? m.text() : item instanceof String s ? s : "";
      used[1] += Math.min(text.length(), MAX_CHARS + 1);
      if (used[0] > MAX_PARTS || used[1] > MAX_CHARS) {
        throw new RenderError("this tuple is too large to be a key");
      }
      parts.add(item instanceof Tuple inner ? tuple(inner, used) : canonical(item));
    }
    return new TupleKey(parts);
  }
}
