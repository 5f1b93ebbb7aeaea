package dev.lamina.text.template;

/** {@code text % values}: printf-style formatting. */
final class Printf {
  private static final int STEPS_PER_CONVERSION = 10;

  private final String format;
  private final Object values;
  private final Budget budget;
  private final StringBuilder out = new StringBuilder();
  private int pos;
  private int used;

  private Printf(String format, Object values, Budget budget) {
    this.format = format;
    this.values = values;
    this.budget = budget;
  }

  /** One conversion: flags, width and precision (-1 absent). */
  private record Spec(String flags, int width, int precision, char type) {
    boolean has(char flag) {
      return flags.indexOf(flag) >= 0;
    }
  }

  /**
   * Formats a tuple of values, the values of a dict by {@code %(name)s}, or a single value.
   *
   * @throws RenderError for too few or too many values, a wrong type, or a bad conversion
   */
  static String format(String format, Object values, Budget budget) {
    return new Printf(format, values, budget).run();
  }

  private String run() {
    while (pos < format.length()) {
      char c = format.charAt(pos++);
      if (c == '%') {
        conversion();
      } else {
        out.append(c);
      }
    }
    if (!isMapping() && used < count()) {
      throw new RenderError("not all arguments converted during string formatting");
    }
    budget.string(out.length());
    return out.toString();
  }

  // Python accepts anything with elements as a mapping here, except tuples and strings.
  private boolean isMapping() {
    return values instanceof Dict
        || values instanceof java.util.List
        || values instanceof Range
        || values instanceof Undefined;
  }

  private int count() {
    return values instanceof Tuple t ? t.items().size() : 1;
  }

  private char peek() {
    if (pos >= format.length()) {
      throw new RenderError("incomplete format");
    }
    return format.charAt(pos);
  }

  private void conversion() {
    budget.charge(STEPS_PER_CONVERSION);
    Object named = CallArgs.ABSENT;
    if (peek() == '(') {
      int close = format.indexOf(')', pos);
      if (close < 0 || !(values instanceof Dict dict)) {
        throw new RenderError(close < 0 ? "incomplete format key" : "format requires a mapping");
      }
      String key = format.substring(pos + 1, close);
      budget.scan(key.length());
      named = dict.get(key, CallArgs.ABSENT);
      if (!CallArgs.given(named)) {
        throw new RenderError("the format's mapping has no key '" + key + "'");
      }
      pos = close + 1;
    }
    StringBuilder flags = new StringBuilder();
    while ("#0- +".indexOf(peek()) >= 0) {
      flags.append(format.charAt(pos++));
    }
    int width = number();
    if (width < -1) {
      flags.append('-');
      width = -width;
    }
    int precision = -1;
    if (peek() == '.') {
      pos++;
      precision = Math.max(0, number());
    }
    while ("hlL".indexOf(peek()) >= 0) {
      pos++;
    }
    Spec spec = new Spec(flags.toString(), width, precision, format.charAt(pos++));
    if (spec.type == '%') {
      out.append('%');
      return;
    }
    pad(convert(spec, !CallArgs.given(named) ? next() : named), spec);
  }

  /** A number or {@code *}; -1 if there is none. */
  private int number() {
    if (peek() == '*') {
      pos++;
      return Numbers.index(next(), "format width");
    }
    int start = pos;
    while (Chars.isDigit(peek())) {
      pos++;
    }
    if (pos - start > 8) {
      throw new RenderError("format width is too large");
    }
    return pos == start ? -1 : Integer.parseInt(format.substring(start, pos));
  }

  private Object next() {
    if (used >= count()) {
      throw new RenderError("not enough arguments for format string");
    }
    Object value = values instanceof Tuple t ? t.items().get(used) : values;
    used++;
    return value;
  }

  private String convert(Spec spec, Object v) {
    budget.operand(v);
    budget.charge(Math.max(0, spec.precision));
    return switch (spec.type) {
      case 's' -> cut(Text.str(v, budget), spec.precision);
      case 'r' -> cut(Text.repr(v, budget), spec.precision);
      case 'a' -> cut(StrFormat.ascii(Text.repr(v, budget)), spec.precision);
      case 'c' -> character(v);
      case 'd', 'i', 'u' -> integer(spec, v instanceof Double d ? Numbers.truncate(d) : v, 'd');
      case 'x', 'X', 'o' -> integer(spec, v, spec.type);
      case 'e', 'E', 'f', 'F', 'g', 'G' -> {
        double d = Numbers.toDouble(v);
        int precision = spec.precision < 0 ? 6 : spec.precision;
        yield sign(spec, d < 0 || 1 / d < 0)
            + NumberFormat.magnitude(d, spec.type, precision, spec.has('#'));
      }
      default -> throw new RenderError("unsupported format character '" + spec.type + "'");
    };
  }

  private static String cut(String text, int precision) {
    return precision < 0 || text.codePointCount(0, text.length()) <= precision
        ? text
        : text.substring(0, text.offsetByCodePoints(0, precision));
  }

  private String character(Object v) {
    if (Values.isString(v)) {
      String s = Text.str(v, budget);
      if (s.codePointCount(0, s.length()) == 1) {
        return s;
      }
    } else if (Character.isValidCodePoint(Numbers.index(v, "%c"))) {
      return Character.toString(Numbers.index(v, "%c"));
    }
    throw new RenderError("a code point or a single character is needed for conversion 'c'");
  }

  private static String integer(Spec spec, Object v, char type) {
    if (!Values.isInteger(v)) {
      if (v instanceof Undefined u) {
        throw u.error();
      }
      throw new RenderError(
          "%" + spec.type + " format: a number is required, not " + Values.typeName(v));
    }
    String digits = NumberFormat.magnitude(Numbers.big(v), type, false);
    int zeros = Math.max(0, spec.precision - digits.length());
    if (zeros > 5000) {
      throw new RenderError("format precision is over 5000");
    }
    String prefix = spec.has('#') && type != 'd' ? "0" + type : "";
    return sign(spec, Numbers.big(v).signum() < 0) + prefix + "0".repeat(zeros) + digits;
  }

  private static String sign(Spec spec, boolean negative) {
    return negative ? "-" : spec.has('+') ? "+" : spec.has(' ') ? " " : "";
  }

  private void pad(String text, Spec spec) {
    int missing = spec.width - text.codePointCount(0, text.length());
    long length = (long) text.length() + Math.max(0, missing);
    budget.fits(out.length() + length);
    budget.scan(length);
    if (missing <= 0) {
      out.append(text);
    } else if (spec.has('-')) {
      out.append(text).append(" ".repeat(missing));
    } else if (spec.has('0') && "src".indexOf(spec.type) < 0) {
      int at = text.isEmpty() || "+- ".indexOf(text.charAt(0)) < 0 ? 0 : 1;
      at +=
          text.startsWith("0x", at) || text.startsWith("0X", at) || text.startsWith("0o", at)
              ? 2
              : 0;
      out.append(text, 0, at).append("0".repeat(missing)).append(text.substring(at));
    } else {
      out.append(" ".repeat(missing)).append(text);
    }
  }
}
