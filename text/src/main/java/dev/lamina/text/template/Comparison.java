package dev.lamina.text.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;

/** {@code ==}, {@code <} and {@code in} as Python defines them. */
final class Comparison {
  private Comparison() {}

  static boolean equal(Object a, Object b, Budget budget) {
    budget.operand(a);
    if (Values.isNumber(a) && Values.isNumber(b)) {
      budget.step();
      budget.operand(b);
      return numbersEqual(a, b);
    }
    if (Values.isString(a) && Values.isString(b)) {
      String x = Text.str(a, budget);
      budget.step();
      return x.equals(Text.str(b, budget));
    }
    budget.enter();
    boolean equal =
        switch (a) {
          case List<?> l -> b instanceof List<?> m && itemsEqual(l, m, budget);
          case Tuple t -> b instanceof Tuple u && itemsEqual(t.items(), u.items(), budget);
          case Dict d -> b instanceof Dict e && dictsEqual(d, e, budget);
          case Range r -> b instanceof Range s && rangesEqual(r, s);
          case DictView v -> b instanceof DictView w && viewsEqual(v, w, budget);
          case Undefined u -> b instanceof Undefined;
          case null, default -> same(a, b);
        };
    budget.leave();
    return equal;
  }

  /** One and the same object, or equal: what containers look for. */
  static boolean matches(Object a, Object b, Budget budget) {
    return same(a, b) || equal(a, b, budget);
  }

  @SuppressWarnings("ReferenceEquality") // Python's "is"
  static boolean same(Object a, Object b) {
    return a == b;
  }

  private static boolean numbersEqual(Object a, Object b) {
    if (a instanceof Double || b instanceof Double) {
      double x = a instanceof BigInteger i ? i.doubleValue() : Numbers.toDouble(a);
      double y = b instanceof BigInteger i ? i.doubleValue() : Numbers.toDouble(b);
      return x == y && (a instanceof Double && b instanceof Double || compareNumbers(a, b) == 0);
    }
    return a instanceof Long x && b instanceof Long y
        ? x.longValue() == y.longValue()
        : Numbers.big(a).equals(Numbers.big(b));
  }

  private static boolean itemsEqual(List<?> a, List<?> b, Budget budget) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      budget.step();
      if (!matches(a.get(i), b.get(i), budget)) {
        return false;
      }
    }
    return true;
  }

  private static boolean dictsEqual(Dict a, Dict b, Budget budget) {
    if (a.size() != b.size()) {
      return false;
    }
    for (Dict.Entry e : a.entries()) {
      budget.step();
      budget.operand(e.key);
      Dict.Entry other = b.find(e.key);
      if (other == null || !matches(e.value, other.value, budget)) {
        return false;
      }
    }
    return true;
  }

  private static boolean rangesEqual(Range a, Range b) {
    int n = a.length();
    return n == b.length()
        && (n == 0 || a.start() == b.start() && (n == 1 || a.step() == b.step()));
  }

  // Keys and items compare as sets do; values only by identity.
  private static boolean viewsEqual(DictView a, DictView b, Budget budget) {
    if (a.kind() == DictView.Kind.VALUES || a.kind() != b.kind()) {
      return false;
    }
    if (a.kind() == DictView.Kind.ITEMS) {
      return dictsEqual(a.dict(), b.dict(), budget);
    }
    return a.dict().size() == b.dict().size()
        && a.dict().entries().stream()
            .allMatch(e -> {
              budget.step();
              budget.operand(e.key);
              return b.dict().has(e.key);
            });
  }

  /**
   * Negative, zero or positive as {@code a} sorts before, with or after {@code b}.
   *
   * @param operator for the message
   * @throws RenderError if the two types have no order
   */
  static int order(Object a, Object b, String operator, Budget budget) {
    if (a instanceof Undefined u) {
      throw u.error();
    }
    if (b instanceof Undefined u) {
      throw u.error();
    }
    budget.step();
    if (Values.isNumber(a) && Values.isNumber(b)) {
      budget.operand(a);
      budget.operand(b);
      return compareNumbers(a, b);
    }
    if (Values.isString(a) && Values.isString(b)) {
      return compareText(Text.str(a, budget), Text.str(b, budget), budget);
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      return orderItems(x, y, operator, budget);
    }
    if (a instanceof Tuple x && b instanceof Tuple y) {
      return orderItems(x.items(), y.items(), operator, budget);
    }
    throw new RenderError(
        "'"
            + operator
            + "' not supported between instances of '"
            + Values.typeName(a)
            + "' and '"
            + Values.typeName(b)
            + "'");
  }

  /** True if {@code a operator b}, for one of the four ordering operators. */
  static boolean ordered(Object a, Object b, String operator, Budget budget) {
    if (isNaN(a) || isNaN(b)) {
      return false;
    }
    int order = order(a, b, operator, budget);
    return switch (operator) {
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  private static boolean isNaN(Object v) {
    return v instanceof Double d && d.isNaN();
  }

  private static int compareNumbers(Object a, Object b) {
    if (a instanceof Long x && b instanceof Long y) {
      return Long.compare(x, y);
    }
    if (a instanceof Double || b instanceof Double) {
      double x = a instanceof BigInteger i ? i.doubleValue() : Numbers.toDouble(a);
      double y = b instanceof BigInteger i ? i.doubleValue() : Numbers.toDouble(b);
      if (x != y || Double.isInfinite(x) || a instanceof Double && b instanceof Double) {
        return x < y ? -1 : x > y ? 1 : 0;
      }
      return decimal(a).compareTo(decimal(b));
    }
    return Numbers.big(a).compareTo(Numbers.big(b));
  }

  private static BigDecimal decimal(Object v) {
    return v instanceof Double d ? new BigDecimal(d) : new BigDecimal(Numbers.big(v));
  }

  /** By code point, which differs from UTF-16 order above the basic plane. */
  private static int compareText(String a, String b, Budget budget) {
    int n = Math.min(a.length(), b.length());
    budget.scan(n);
    for (int i = 0; i < n; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean high = Character.isSurrogate(x);
        return high == Character.isSurrogate(y) ? Character.compare(x, y) : high ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  private static int orderItems(List<?> a, List<?> b, String operator, Budget budget) {
    budget.enter();
    int result = Integer.compare(a.size(), b.size());
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      if (!equal(a.get(i), b.get(i), budget)) {
        result = order(a.get(i), b.get(i), operator, budget);
        break;
      }
    }
    budget.leave();
    return result;
  }

  /** {@code item in container}. */
  static boolean contains(Object container, Object item, Budget budget) {
    budget.operand(item);
    switch (container) {
      case Dict d -> {
        return d.has(item);
      }
      case Range r when Values.isInteger(item) && !(item instanceof BigInteger) -> {
        return r.has(Numbers.big(item).longValue());
      }
      case DictView v when v.kind() == DictView.Kind.KEYS -> {
        return v.dict().has(item);
      }
      case null -> throw new RenderError("argument of type 'NoneType' is not iterable");
      default -> {}
    }
    if (Values.isString(container)) {
      if (!Values.isString(item)) {
        throw new RenderError(
            "'in <string>' requires string as left operand, not " + Values.typeName(item));
      }
      String text = Text.str(container, budget);
      String part = Text.str(item, budget);
      TextSearch.charge(text, part, budget);
      return TextSearch.indexOf(text, part, 0) >= 0;
    }
    if (!Values.isIterable(container)) {
      throw new RenderError(
          "argument of type '" + Values.typeName(container) + "' is not iterable");
    }
    for (Iterator<Object> it = Values.iterator(container); it.hasNext(); ) {
      Object element = it.next();
      budget.step();
      if (matches(element, item, budget)) {
        return true;
      }
    }
    return false;
  }
}
