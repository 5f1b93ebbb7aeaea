package dev.lamina.text.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;

/**
 * The filter {@code tojson} as Hugging Face defines it for chat templates: Python's json.dumps with
 * {@code ensure_ascii} off and no HTML escaping.
 */
final class JsonWriter {
  private final String indent;
  private final String itemSeparator;
  private final String keySeparator;
  private final boolean asciiOnly;
  private final boolean sortKeys;
  private final Budget budget;
  private final StringBuilder out = new StringBuilder();

  private JsonWriter(Object[] options, Budget budget) {
    this.asciiOnly = CallArgs.given(options[0]) && Values.truth(options[0]);
    this.indent = indent(options[1], budget);
    List<Object> separators =
        !CallArgs.given(options[2]) || options[2] == null
            ? List.of()
            : Values.list(options[2], budget);
    boolean given = separators.size() == 2;
    this.itemSeparator =
        given ? StringMethods.text(separators.get(0), "tojson") : indent == null ? ", " : ",";
    this.keySeparator = given ? StringMethods.text(separators.get(1), "tojson") : ": ";
    this.sortKeys = CallArgs.given(options[3]) && Values.truth(options[3]);
    this.budget = budget;
  }

  private static String indent(Object v, Budget budget) {
    if (!CallArgs.given(v) || v == null) {
      return null;
    }
    if (Values.isString(v)) {
      return Text.str(v, budget);
    }
    int width = Math.max(0, Numbers.index(v, "indent"));
    budget.string(width);
    return " ".repeat(width);
  }

  /**
   * The value as JSON text.
   *
   * @throws RenderError for an undefined value, a generator or another type that JSON lacks
   */
  static String filter(Object value, CallArgs args, Budget budget) {
    Object[] options = args.bind("tojson", "ensure_ascii?", "indent?", "separators?", "sort_keys?");
    JsonWriter writer = new JsonWriter(options, budget);
    writer.value(value, 0);
    budget.string(writer.out.length());
    return writer.out.toString();
  }

  private void value(Object v, int level) {
    budget.enter();
    budget.fits(out.length());
    switch (v) {
      case null -> out.append("null");
      case Boolean b -> out.append((boolean) b);
      case Long l -> out.append((long) l);
      case BigInteger i -> {
        budget.operand(i);
        out.append(i);
      }
      case Double d -> {
        budget.charge(Text.STEPS_PER_FLOAT);
        out.append(number(d));
      }
      case String s -> string(s);
      case Markup m -> string(m.text());
      case List<?> l -> array(l, level);
      case Tuple t -> array(t.items(), level);
      case Dict d -> object(d, level);
      default ->
          throw new RenderError(
              "object of type "
                  + Values.typeName(v)
                  + " is not JSON serializable"
                  + (v instanceof Undefined u ? " (" + u.reason() + ")" : ""));
    }
    budget.leave();
  }

  private static String number(double d) {
    if (Double.isNaN(d)) {
      return "NaN";
    }
    return Double.isInfinite(d) ? (d > 0 ? "Infinity" : "-Infinity") : Numbers.floatRepr(d);
  }

  private void array(List<?> items, int level) {
    if (items.isEmpty()) {
      out.append("[]");
      return;
    }
    out.append('[');
    for (int i = 0; i < items.size(); i++) {
      separate(i, level + 1);
      value(items.get(i), level + 1);
    }
    newLine(level);
    out.append(']');
  }

  private void object(Dict dict, int level) {
    if (dict.size() == 0) {
      out.append("{}");
      return;
    }
    List<Dict.Entry> entries = dict.entries();
    if (sortKeys) {
      List<Object> sorted =
          Sorting.sorted(new ArrayList<>(entries), e -> ((Dict.Entry) e).key, false, budget);
      entries = sorted.stream().map(e -> (Dict.Entry) e).toList();
    }
    out.append('{');
    Iterator<Dict.Entry> it = entries.iterator();
    for (int i = 0; it.hasNext(); i++) {
      Dict.Entry e = it.next();
      budget.operand(e.key);
      separate(i, level + 1);
      string(key(e.key));
      out.append(keySeparator);
      value(e.value, level + 1);
    }
    newLine(level);
    out.append('}');
  }

  private static String key(Object key) {
    return switch (key) {
      case String s -> s;
      case Markup m -> m.text();
      case null -> "null";
      case Boolean b -> b.toString();
      case Double d -> number(d);
      case Long l -> l.toString();
      case BigInteger i -> i.toString();
      default ->
          throw new RenderError(
              "keys must be str, int, float, bool or None, not " + Values.typeName(key));
    };
  }

  private void separate(int index, int level) {
    if (index > 0) {
      out.append(itemSeparator);
    }
    newLine(level);
  }

  private void newLine(int level) {
    if (indent != null) {
      long width = (long) indent.length() * level;
      budget.fits(out.length() + width);
      budget.scan(width);
      out.append('\n').append(indent.repeat(level));
    }
  }

  private void string(String s) {
    budget.scan(s.length());
    out.append('"');
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < 0x20 || asciiOnly && c > 0x7e) {
            budget.step();
            out.append("\\u").append(HexFormat.of().toHexDigits(c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
