package dev.lamina.text.template;

import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;

/** {@code str()} and {@code repr()} of values. */
final class Text {
  /** The digits of a float take about a microsecond. */
  static final int STEPS_PER_FLOAT = 10;

  private Text() {}

  /** What printing the value shows. */
  static String str(Object v, Budget budget) {
    return switch (v) {
      case String s -> s;
      case Markup m -> m.text();
      case Undefined u -> "";
      case null, default -> repr(v, budget);
    };
  }

  static String repr(Object v, Budget budget) {
    StringBuilder out = new StringBuilder();
    repr(v, out, budget);
    budget.string(out.length());
    return out.toString();
  }

  private static void repr(Object v, StringBuilder out, Budget budget) {
    budget.enter();
    budget.fits(out.length());
    switch (v) {
      case null -> out.append("None");
      case Boolean b -> out.append(b ? "True" : "False");
      case Long l -> out.append((long) l);
      case BigInteger i -> {
        budget.operand(i);
        out.append(i);
      }
      case Double d -> {
        budget.charge(STEPS_PER_FLOAT);
        out.append(Numbers.floatRepr(d));
      }
      case String s -> quote(s, out, budget);
      case Markup m -> {
        out.append("Markup(");
        quote(m.text(), out, budget);
        out.append(')');
      }
      case List<?> l -> items(l.iterator(), "[", "]", out, budget);
      case Tuple t ->
          items(t.items().iterator(), "(", t.items().size() == 1 ? ",)" : ")", out, budget);
      case Dict d -> dict(d, out, budget);
      case DictView d -> items(d.iterator(), Values.typeName(d) + "([", "])", out, budget);
      case Range r -> range(r, out);
      case Namespace n -> {
        out.append("<Namespace ");
        dict(n.attributes(), out, budget);
        out.append('>');
      }
      case Generator g -> out.append("<generator object>");
      case Undefined u -> out.append("Undefined");
      case Function f -> out.append(f.describe());
      default -> out.append('<').append(Values.typeName(v)).append('>');
    }
    budget.leave();
  }

  private static void items(
      Iterator<?> items, String open, String close, StringBuilder out, Budget budget) {
    out.append(open);
    String separator = "";
    while (items.hasNext()) {
      out.append(separator);
      repr(items.next(), out, budget);
      separator = ", ";
    }
    out.append(close);
  }

  private static void dict(Dict dict, StringBuilder out, Budget budget) {
    budget.operand(dict);
    out.append('{');
    String separator = "";
    for (Dict.Entry e : dict.entries()) {
      out.append(separator);
      repr(e.key, out, budget);
      out.append(": ");
      repr(e.value, out, budget);
      separator = ", ";
    }
    out.append('}');
  }

  private static void range(Range r, StringBuilder out) {
    out.append("range(").append(r.start()).append(", ").append(r.stop());
    if (r.step() != 1) {
      out.append(", ").append(r.step());
    }
    out.append(')');
  }

  // Single quotes, unless the text has some and no double ones.
  private static void quote(String s, StringBuilder out, Budget budget) {
    budget.scan(s.length());
    char quote = s.indexOf('\'') >= 0 && s.indexOf('"') < 0 ? '"' : '\'';
    out.append(quote);
    int i = 0;
    while (i < s.length()) {
      int c = s.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c == quote) {
            out.append('\\').append(quote);
          } else if (Chars.isPrintable(c)) {
            out.appendCodePoint(c);
          } else {
            escape(c, out);
          }
        }
      }
    }
    out.append(quote);
  }

  static void escape(int c, StringBuilder out) {
    String hex = Integer.toHexString(c);
    int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
    out.append(c < 0x100 ? "\\x" : c < 0x10000 ? "\\u" : "\\U");
    out.append("0".repeat(digits - hex.length())).append(hex);
  }
}
