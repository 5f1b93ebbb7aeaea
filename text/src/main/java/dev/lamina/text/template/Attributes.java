package dev.lamina.text.template;

import static dev.lamina.text.template.CallArgs.ABSENT;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** Getters for the {@code attribute} argument of filters: {@code 'a.b.0'}, an index, or nothing. */
final class Attributes {
  private Attributes() {}

  /**
   * The function from an item to its attribute, itself if there is no attribute.
   *
   * @param fallback replaces an undefined part; null or ABSENT for none
   */
  static UnaryOperator<Object> getter(Object attribute, Object fallback, Budget budget) {
    List<Object> parts = parts(attribute);
    return item -> {
      Object value = item;
      for (Object part : parts) {
        value = Access.item(value, part, budget);
        if (fallback != null && CallArgs.given(fallback) && value instanceof Undefined) {
          value = fallback;
        }
      }
      return value;
    };
  }

  /** The same without regard to case, unless {@code caseSensitive} is given and true. */
  static UnaryOperator<Object> sortKey(
      Object attribute, Object fallback, Object caseSensitive, Budget budget) {
    UnaryOperator<Object> getter = getter(attribute, fallback, budget);
    boolean exact = CallArgs.given(caseSensitive) && Values.truth(caseSensitive);
    return exact ? getter : item -> ignoreCase(getter.apply(item), budget);
  }

  /** A list of keys for {@code 'a,b'}, as {@code sort} takes. */
  static UnaryOperator<Object> sortKeys(Object attribute, Object caseSensitive, Budget budget) {
    List<Object> names =
        attribute instanceof String s
            ? List.of((Object[]) s.split(",", -1))
            : Collections.singletonList(attribute);
    List<UnaryOperator<Object>> keys = new ArrayList<>();
    for (Object name : names) {
      keys.add(sortKey(name, ABSENT, caseSensitive, budget));
    }
    return item -> {
      List<Object> values = new ArrayList<>();
      keys.forEach(key -> values.add(key.apply(item)));
      return values;
    };
  }

  static Object ignoreCase(Object v, Budget budget) {
    budget.operand(v);
    return switch (v) {
      case String s -> s.toLowerCase(Locale.ROOT);
      case Markup m -> m.text().toLowerCase(Locale.ROOT);
      case null, default -> v;
    };
  }

  private static List<Object> parts(Object attribute) {
    if (!CallArgs.given(attribute) || attribute == null) {
      return List.of();
    }
    if (!(attribute instanceof String s)) {
      return List.of(attribute);
    }
    List<Object> parts = new ArrayList<>();
    for (String part : s.split("\\.", -1)) {
      boolean index =
          !part.isEmpty()
              && part.length() < 10
              && part.chars().allMatch(c -> Chars.isDigit((char) c));
      parts.add(index ? (Object) Long.valueOf(part) : part);
    }
    return parts;
  }
}
