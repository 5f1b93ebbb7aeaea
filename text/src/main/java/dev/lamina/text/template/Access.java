package dev.lamina.text.template;

import static dev.lamina.text.template.CallArgs.ABSENT;

import java.math.BigInteger;
import java.util.List;

/** {@code owner.name} and {@code owner[key]}. */
final class Access {
  private Access() {}

  /**
   * {@code owner.name}: a method or attribute first, then the element of that name.
   *
   * @throws RenderError if the owner is undefined
   */
  static Object attribute(Object owner, String name, Budget budget) {
    budget.scan(name.length());
    Object own = own(owner, name, budget);
    return CallArgs.given(own) ? own : orUndefined(element(owner, name), owner, name);
  }

  /**
   * {@code owner[key]}: an element first, then the method or attribute of that name.
   *
   * @throws RenderError if the owner is undefined
   */
  static Object item(Object owner, Object key, Budget budget) {
    if (owner instanceof Undefined u) {
      throw u.error();
    }
    budget.operand(key);
    if (Values.isString(owner)) {
      budget.operand(owner);
    }
    Object element = element(owner, key);
    if (!CallArgs.given(element) && Values.isString(key)) {
      element = own(owner, Text.str(key, budget), budget);
    }
    return orUndefined(element, owner, key);
  }

  /** The attribute of that name without a look at the elements, as the filter {@code attr} does. */
  static Object attributeOnly(Object owner, String name, Budget budget) {
    budget.scan(name.length());
    return orUndefined(own(owner, name, budget), owner, name);
  }

  private static Object orUndefined(Object value, Object owner, Object key) {
    return !CallArgs.given(value) ? Undefined.of(owner, key) : value;
  }

  private static Object element(Object owner, Object key) {
    return switch (owner) {
      case Dict d -> key instanceof List || key instanceof Dict ? ABSENT : d.get(key, ABSENT);
      case List<?> l -> at(l, key);
      case Tuple t -> at(t.items(), key);
      case Range r -> {
        int i = position(key, r.length());
        yield i < 0 ? ABSENT : (Object) r.at(i);
      }
      case String s -> character(s, key);
      case Markup m -> {
        Object c = character(m.text(), key);
        yield c instanceof String s ? new Markup(s) : c;
      }
      case null, default -> ABSENT;
    };
  }

  private static Object at(List<?> items, Object key) {
    int i = position(key, items.size());
    return i < 0 ? ABSENT : items.get(i);
  }

  private static Object character(String s, Object key) {
    int i = position(key, s.codePointCount(0, s.length()));
    return i < 0 ? ABSENT : Character.toString(s.codePointAt(s.offsetByCodePoints(0, i)));
  }

  /** The index that {@code key} means in {@code length} elements, or -1. */
  private static int position(Object key, int length) {
    long i =
        switch (key) {
          case Long l -> l;
          case Boolean b -> b ? 1 : 0;
          case null, default -> Long.MIN_VALUE;
        };
    long position = i < 0 ? i + length : i;
    return position >= 0 && position < length ? (int) position : -1;
  }

  /** A method, bound to its owner, or an attribute; or ABSENT. */
  private static Object own(Object owner, String name, Budget budget) {
    return switch (owner) {
      case Undefined u -> throw u.error();
      case String s -> StringMethods.bind(s, name, budget);
      case Markup m -> StringMethods.bind(m, name, budget);
      case List<?> l -> ListMethods.bind(Values.asList(l), name, budget);
      case Tuple t -> {
        int field = t.fields().indexOf(name);
        yield field >= 0 ? t.items().get(field) : ListMethods.bind(t, name, budget);
      }
      case Dict d -> DictMethods.bind(d, name, budget);
      case Namespace n -> n.attributes().get(name, ABSENT);
      case Function f -> f.attribute(name);
      case Range r -> rangeAttribute(r, name, budget);
      case Boolean b -> numberAttribute(b ? 1L : 0L, name);
      case Long l -> numberAttribute(l, name);
      case BigInteger i -> numberAttribute(i, name);
      case Double d -> numberAttribute(d, name);
      case null, default -> ABSENT;
    };
  }

  private static Object rangeAttribute(Range r, String name, Budget budget) {
    return switch (name) {
      case "start" -> r.start();
      case "stop" -> r.stop();
      case "step" -> r.step();
      case "count", "index" -> ListMethods.bind(new Tuple(Values.list(r, budget)), name, budget);
      default -> ABSENT;
    };
  }

  private static Object numberAttribute(Object v, String name) {
    return switch (name) {
      case "real" -> v;
      case "imag" -> v instanceof Double ? (Object) 0.0 : (Object) 0L;
      case "numerator" -> v instanceof Double ? ABSENT : v;
      case "denominator" -> v instanceof Double ? ABSENT : (Object) 1L;
      case "bit_length" ->
          v instanceof Double
              ? ABSENT
              : Function.of(
                  "<built-in method bit_length of int object>",
                  args -> (long) Numbers.big(v).abs().bitLength());
      case "is_integer" ->
          Function.of(
              "<built-in method is_integer of " + Values.typeName(v) + " object>",
              args -> !(v instanceof Double d) || d == Math.rint(d) && !Double.isInfinite(d));
      default -> ABSENT;
    };
  }
}
