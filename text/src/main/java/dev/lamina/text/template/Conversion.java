package dev.lamina.text.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Copies the caller's values into those of a template, so that a template cannot change them. */
final class Conversion {
  private Conversion() {}

  /**
   * @throws RenderError for a type a template has no use for, or values nested too deeply
   */
  static Object value(Object v, Budget budget) {
    budget.enter();
    Object converted =
        switch (v) {
          case null -> null;
          case String s -> s;
          case Boolean b -> b;
          case BigInteger i -> Numbers.normalize(i);
          case BigDecimal d -> d.doubleValue();
          case Double d -> d;
          case Float f -> f.doubleValue();
          case Number n -> n.longValue();
          case Map<?, ?> m -> dict(m, budget);
          case Iterable<?> items -> list(items, budget);
          default ->
              throw new RenderError(
                  "the context holds a "
                      + v.getClass().getName()
                      + "; give Map, List, String, Number, Boolean or null");
        };
    budget.leave();
    return converted;
  }

  private static Dict dict(Map<?, ?> map, Budget budget) {
    Dict dict = new Dict();
    map.forEach((key, value) -> {
      budget.elements(1);
      dict.put(value(key, budget), value(value, budget));
    });
    return dict;
  }

  private static List<Object> list(Iterable<?> items, Budget budget) {
    List<Object> list = new ArrayList<>();
    for (Object item : items) {
      budget.elements(1);
      list.add(value(item, budget));
    }
    return list;
  }
}
