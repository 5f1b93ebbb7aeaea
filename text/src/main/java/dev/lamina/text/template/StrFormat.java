package dev.lamina.text.template;

import java.math.BigInteger;

/** {@code text.format(...)}: replacement fields in braces. */
final class StrFormat {
  private static final int MAX_NESTING = 2;

  /** A specification is read by a regular expression. */
  private static final int STEPS_PER_FIELD = 10;

  private final CallArgs args;
  private final Budget budget;
  private int automatic;
  private boolean numbered;

  private StrFormat(CallArgs args, Budget budget) {
    this.args = args;
    this.budget = budget;
  }

  /**
   * Fills the fields of a format.
   *
   * @throws RenderError for an unknown field, an unbalanced brace, or a bad specification
   */
  static String format(String format, CallArgs args, Budget budget) {
    return new StrFormat(args, budget).fill(format, 0);
  }

  private String fill(String format, int nesting) {
    if (nesting >= MAX_NESTING) {
      throw new RenderError("max string recursion exceeded");
    }
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < format.length()) {
      char c = format.charAt(i);
      boolean doubled = i + 1 < format.length() && format.charAt(i + 1) == c;
      if ((c == '{' || c == '}') && doubled) {
        out.append(c);
        i += 2;
      } else if (c == '{') {
        int end = fieldEnd(format, i + 1);
        out.append(field(format.substring(i + 1, end), nesting));
        i = end + 1;
      } else if (c == '}') {
        throw new RenderError("single '}' encountered in format string");
      } else {
        out.append(c);
        i++;
      }
      budget.step();
      budget.fits(out.length());
    }
    return out.toString();
  }

  private static int fieldEnd(String format, int from) {
    int open = 1;
    for (int i = from; i < format.length(); i++) {
      char c = format.charAt(i);
      open += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (open == 0) {
        return i;
      }
    }
    throw new RenderError("single '{' encountered in format string");
  }

  private String field(String field, int nesting) {
    budget.scan(field.length());
    int end = 0;
    int brackets = 0;
    while (end < field.length()) {
      char c = field.charAt(end);
      brackets += c == '[' ? 1 : c == ']' ? -1 : 0;
      if (brackets <= 0 && (c == ':' || c == '!')) {
        break;
      }
      end++;
    }
    Object value = lookup(field.substring(0, end));
    int spec = end;
    if (end < field.length() && field.charAt(end) == '!') {
      value = converted(value, end + 1 < field.length() ? field.charAt(end + 1) : 0);
      spec = end + 2;
      if (spec < field.length() && field.charAt(spec) != ':') {
        throw new RenderError("expected ':' after conversion specifier");
      }
    }
    String rest = spec < field.length() ? field.substring(spec + 1) : "";
    return apply(value, rest.indexOf('{') < 0 ? rest : fill(rest, nesting + 1));
  }

  private Object converted(Object value, char conversion) {
    return switch (conversion) {
      case 's' -> Text.str(value, budget);
      case 'r' -> Text.repr(value, budget);
      case 'a' -> ascii(Text.repr(value, budget));
      default -> throw new RenderError("unknown conversion specifier in format string");
    };
  }

  static String ascii(String text) {
    StringBuilder out = new StringBuilder();
    for (int c : text.codePoints().toArray()) {
      if (c < 128) {
        out.append((char) c);
      } else {
        Text.escape(c, out);
      }
    }
    return out.toString();
  }

  private Object lookup(String path) {
    int end = 0;
    while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
      end++;
    }
    Object value = argument(path.substring(0, end));
    while (end < path.length()) {
      int start = end + 1;
      if (path.charAt(end) == '[') {
        int close = path.indexOf(']', start);
        if (close < 0) {
          throw new RenderError("missing ']' in format string");
        }
        String key = path.substring(start, close);
        value = Access.item(value, isIndex(key) ? (Object) Long.valueOf(key) : key, budget);
        end = close + 1;
      } else {
        end = start;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
          end++;
        }
        value = Access.attribute(value, path.substring(start, end), budget);
      }
    }
    return value;
  }

  private static boolean isIndex(String s) {
    return !s.isEmpty() && s.length() < 10 && s.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private Object argument(String name) {
    if (name.isEmpty() || isIndex(name)) {
      numbered |= !name.isEmpty();
      int index = name.isEmpty() ? automatic++ : Integer.parseInt(name);
      if (numbered && automatic > 0) {
        throw new RenderError("cannot mix automatic and manual numbering of format fields");
      }
      if (index >= args.positional().size()) {
        throw new RenderError("replacement index " + index + " out of range for positional args");
      }
      return args.positional().get(index);
    }
    if (!args.named().containsKey(name)) {
      throw new RenderError("format() got no argument '" + name + "'");
    }
    return args.named().get(name);
  }

  private String apply(Object value, String text) {
    budget.operand(value);
    budget.scan(text.length());
    budget.charge(STEPS_PER_FIELD);
    if (text.isEmpty()) {
      return Text.str(value, budget);
    }
    FormatSpec spec = FormatSpec.parse(text);
    return switch (value) {
      case Double d -> number(spec, d);
      case null -> throw unsupported(value);
      default -> {
        if (Values.isString(value)) {
          yield string(spec, Text.str(value, budget));
        }
        if (!Values.isInteger(value)) {
          throw unsupported(value);
        }
        yield "eEfFgG%".indexOf(spec.type()) >= 0 && spec.type() != 0
            ? number(spec, Numbers.toDouble(value))
            : integer(spec, Numbers.big(value));
      }
    };
  }

  private static RenderError unsupported(Object value) {
    return new RenderError(
        "unsupported format string passed to " + Values.typeName(value) + ".__format__");
  }

  private String string(FormatSpec spec, String s) {
    if (spec.type() != 0 && spec.type() != 's' || spec.numeric()) {
      throw new RenderError("this format specification does not suit a string");
    }
    int length = s.codePointCount(0, s.length());
    boolean cut = spec.precision() >= 0 && spec.precision() < length;
    return spec.pad(
        "", cut ? s.substring(0, s.offsetByCodePoints(0, spec.precision())) : s, false, budget);
  }

  private String integer(FormatSpec spec, BigInteger i) {
    if (spec.type() == 'c') {
      return spec.pad(
          "", Character.toString(Numbers.index(Numbers.normalize(i), "c")), true, budget);
    }
    if (spec.type() != 0 && "bdnoxX".indexOf(spec.type()) < 0 || spec.precision() >= 0) {
      throw new RenderError("this format specification does not suit an integer");
    }
    String digits = NumberFormat.magnitude(i, spec.type(), false);
    if (spec.grouping() != 0) {
      boolean based = "boxX".indexOf(spec.type()) >= 0 && spec.type() != 0;
      digits = NumberFormat.grouped(digits, spec.grouping(), based ? 4 : 3);
    }
    String prefix =
        spec.alternate() && "boxX".indexOf(spec.type()) >= 0 && spec.type() != 0
            ? "0" + spec.type()
            : "";
    return spec.pad(spec.sign(i.signum() < 0) + prefix, digits, true, budget);
  }

  private String number(FormatSpec spec, double d) {
    if (spec.type() != 0 && "eEfFgGn%".indexOf(spec.type()) < 0) {
      throw new RenderError("this format specification does not suit a float");
    }
    String digits;
    if (spec.type() == 0 && spec.precision() < 0) {
      digits = Numbers.floatRepr(Math.abs(d));
    } else {
      int precision = spec.precision() < 0 ? 6 : spec.precision();
      budget.charge(precision);
      char type = spec.type() == 0 || spec.type() == 'n' ? 'g' : spec.type();
      digits = NumberFormat.magnitude(d, type, precision, spec.alternate());
      if (spec.type() == 0
          && digits.indexOf('.') < 0
          && digits.indexOf('e') < 0
          && !Double.isInfinite(d)
          && !Double.isNaN(d)) {
        digits += ".0";
      }
    }
    if (spec.grouping() != 0) {
      digits = NumberFormat.grouped(digits, spec.grouping(), 3);
    }
    return spec.pad(spec.sign(d < 0 || 1 / d < 0), digits, true, budget);
  }
}
