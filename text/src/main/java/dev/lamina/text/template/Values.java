package dev.lamina.text.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/**
 * What Python calls truth, length, type and iteration, over the values of a template: null (None),
 * Boolean, Long or BigInteger, Double, String, {@link Markup}, List, {@link Tuple}, {@link Dict},
 * {@link Range}, {@link DictView}, {@link Generator}, {@link Namespace}, {@link Function}, {@link
 * Undefined}.
 */
final class Values {
  private Values() {}

  static boolean isString(Object v) {
    return v instanceof String || v instanceof Markup;
  }

  /** True for int as Python's isinstance sees it, which takes in bool. */
  static boolean isInteger(Object v) {
    return v instanceof Long || v instanceof BigInteger || v instanceof Boolean;
  }

  static boolean isNumber(Object v) {
    return isInteger(v) || v instanceof Double;
  }

  static String typeName(Object v) {
    return switch (v) {
      case null -> "NoneType";
      case Boolean b -> "bool";
      case Long l -> "int";
      case BigInteger i -> "int";
      case Double d -> "float";
      case String s -> "str";
      case Markup m -> "Markup";
      case List<?> l -> "list";
      case Tuple t -> "tuple";
      case Dict d -> "dict";
      case Range r -> "range";
      case DictView d -> "dict_" + d.kind().name().toLowerCase(java.util.Locale.ROOT);
      case Generator g -> "generator";
      case Namespace n -> "Namespace";
      case Undefined u -> "Undefined";
      case LoopContext l -> "LoopContext";
      default -> "function";
    };
  }

  static boolean truth(Object v) {
    return switch (v) {
      case null -> false;
      case Boolean b -> b;
      case Long l -> l != 0;
      case Double d -> d != 0;
      case Undefined u -> false;
      case String s -> !s.isEmpty();
      case Markup m -> !m.text().isEmpty();
      default -> {
        int length = lengthOrMinusOne(v);
        yield length != 0;
      }
    };
  }

  /** {@code len(v)} in code points or elements, or -1 for what has no length. */
  static int lengthOrMinusOne(Object v) {
    return switch (v) {
      case String s -> s.codePointCount(0, s.length());
      case Markup m -> m.text().codePointCount(0, m.text().length());
      case List<?> l -> l.size();
      case Tuple t -> t.items().size();
      case Dict d -> d.size();
      case Range r -> r.length();
      case DictView d -> d.dict().size();
      case Undefined u -> 0;
      case LoopContext l -> (int) l.length();
      case null, default -> -1;
    };
  }

  static int length(Object v) {
    int length = lengthOrMinusOne(v);
    if (length < 0) {
      throw new RenderError("object of type '" + typeName(v) + "' has no len()");
    }
    return length;
  }

  static boolean isIterable(Object v) {
    return switch (v) {
      case String s -> true;
      case Markup m -> true;
      case List<?> l -> true;
      case Tuple t -> true;
      case Dict d -> true;
      case Range r -> true;
      case DictView d -> true;
      case Generator g -> true;
      case Undefined u -> true;
      case null, default -> false;
    };
  }

  /**
   * The elements of {@code v}: keys of a dict, characters of a string.
   *
   * @throws RenderError if it cannot be iterated
   */
  static Iterator<Object> iterator(Object v) {
    return switch (v) {
      case String s -> codePoints(s);
      case Markup m -> codePoints(m.text());
      case List<?> l -> elements(l);
      case Tuple t -> t.items().iterator();
      case Dict d -> new DictView(d, DictView.Kind.KEYS).iterator();
      case Range r -> range(r);
      case DictView d -> d.iterator();
      case Generator g -> g;
      case Undefined u -> Collections.emptyIterator();
      case null, default -> throw new RenderError("'" + typeName(v) + "' object is not iterable");
    };
  }

  /** A new list of the elements of {@code v}. */
  static List<Object> list(Object v, Budget budget) {
    budget.operand(v);
    List<Object> list = new ArrayList<>();
    for (Iterator<Object> it = iterator(v); it.hasNext(); ) {
      budget.elements(1);
      list.add(it.next());
    }
    return list;
  }

  @SuppressWarnings("unchecked") // every List in a template is made here, of Objects
  static List<Object> asList(Object v) {
    return (List<Object>) v;
  }

  private static Iterator<Object> codePoints(String s) {
    return new Iterator<>() {
      private int at;

      @Override
      public boolean hasNext() {
        return at < s.length();
      }

      @Override
      public Object next() {
        int c = s.codePointAt(at);
        at += Character.charCount(c);
        return Character.toString(c);
      }
    };
  }

  // By index, so that a list may grow while it is walked.
  private static Iterator<Object> elements(List<?> list) {
    return new Iterator<>() {
      private int at;

      @Override
      public boolean hasNext() {
        return at < list.size();
      }

      @Override
      public Object next() {
        return list.get(at++);
      }
    };
  }

  private static Iterator<Object> range(Range range) {
    return new Iterator<>() {
      private final int length = range.length();
      private int at;

      @Override
      public boolean hasNext() {
        return at < length;
      }

      @Override
      public Object next() {
        return range.at(at++);
      }
    };
  }
}
