package dev.lamina.text.template;

import java.util.Map;

/** Filters on numbers and on values of any kind. */
final class ValueFilters {
  private static final String[] DECIMAL = {"kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"};
  private static final String[] BINARY = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"};

  static final Map<String, Filter> ALL =
      Map.of(
          "default", ValueFilters::defaultValue,
          "d", ValueFilters::defaultValue,
          "attr", ValueFilters::attr,
          "abs", ValueFilters::abs,
          "round", ValueFilters::round,
          "int", ValueFilters::toInt,
          "float", ValueFilters::toFloat,
          "filesizeformat", ValueFilters::fileSize);

  private ValueFilters() {}

  private static Object defaultValue(Object v, CallArgs args, Budget budget) {
    Object[] a = args.bind("default", "default_value?", "boolean?");
    boolean replace =
        v instanceof Undefined || CallArgs.given(a[1]) && Values.truth(a[1]) && !Values.truth(v);
    return !replace ? v : !CallArgs.given(a[0]) ? "" : a[0];
  }

  private static Object attr(Object v, CallArgs args, Budget budget) {
    String name = StringMethods.text(args.bind("attr", "name")[0], "attr");
    return Access.attributeOnly(v, name, budget);
  }

  private static Object abs(Object v, CallArgs args, Budget budget) {
    args.bind("abs");
    return switch (v) {
      case Double d -> Math.abs(d);
      case Undefined u -> throw u.error();
      case null, default -> {
        if (!Values.isInteger(v)) {
          throw new RenderError("bad operand type for abs(): '" + Values.typeName(v) + "'");
        }
        yield Numbers.normalize(Numbers.big(v).abs());
      }
    };
  }

  private static Object round(Object v, CallArgs args, Budget budget) {
    Object[] a = args.bind("round", "precision?", "method?");
    int precision = !CallArgs.given(a[0]) ? 0 : Numbers.index(a[0], "precision");
    String method = !CallArgs.given(a[1]) ? "common" : StringMethods.text(a[1], "round");
    if (!Values.isNumber(v) && !(v instanceof Undefined)) {
      throw new RenderError("type " + Values.typeName(v) + " cannot be rounded");
    }
    return switch (method) {
      case "common" -> Numbers.round(v, precision);
      case "ceil", "floor" -> {
        Object power = Arithmetic.binary("**", 10L, (long) precision, budget);
        Object scaled = Arithmetic.binary("*", v, power, budget);
        Object whole = scaled instanceof Double d ? whole(d, method) : scaled;
        yield Arithmetic.binary("/", whole, power, budget);
      }
      default -> throw new RenderError("method must be common, ceil or floor");
    };
  }

  private static Object whole(double d, String method) {
    return Numbers.truncate(method.equals("ceil") ? Math.ceil(d) : Math.floor(d));
  }

  private static Object toInt(Object v, CallArgs args, Budget budget) {
    Object[] a = args.bind("int", "default?", "base?");
    Object fallback = !CallArgs.given(a[0]) ? 0L : a[0];
    int base = !CallArgs.given(a[1]) ? 10 : Numbers.index(a[1], "base");
    if (Values.isString(v)) {
      String text = Text.str(v, budget);
      Object parsed = base == 0 || base >= 2 && base <= 36 ? Numbers.parseInt(text, base) : null;
      if (parsed != null) {
        return parsed;
      }
      Double d = Numbers.parseFloat(text);
      return d == null || d.isNaN() || d.isInfinite() ? fallback : Numbers.truncate(d);
    }
    return switch (v) {
      case Undefined u -> throw u.error();
      case Double d when d.isInfinite() ->
          throw new RenderError("cannot convert float infinity to integer");
      case Double d -> d.isNaN() ? fallback : Numbers.truncate(d);
      case null, default -> Values.isInteger(v) ? Numbers.normalize(Numbers.big(v)) : fallback;
    };
  }

  private static Object toFloat(Object v, CallArgs args, Budget budget) {
    Object given = args.bind("float", "default?")[0];
    Object fallback = !CallArgs.given(given) ? (Object) 0.0 : given;
    if (Values.isString(v)) {
      Double parsed = Numbers.parseFloat(Text.str(v, budget));
      return parsed == null ? fallback : parsed;
    }
    return Values.isNumber(v) || v instanceof Undefined ? (Object) Numbers.toDouble(v) : fallback;
  }

  private static Object fileSize(Object v, CallArgs args, Budget budget) {
    Object given = args.bind("filesizeformat", "binary?")[0];
    boolean binary = CallArgs.given(given) && Values.truth(given);
    Object number = toFloat(v, CallArgs.of((Object) null), budget);
    if (!(number instanceof Double bytes)) {
      throw new RenderError("filesizeformat needs a number, not " + Values.typeName(v));
    }
    int base = binary ? 1024 : 1000;
    if (bytes == 1) {
      return "1 Byte";
    }
    if (bytes < base) {
      return Text.str(Numbers.truncate(bytes), budget) + " Bytes";
    }
    double unit = base;
    int i = 0;
    while (i + 1 < DECIMAL.length && bytes >= unit * base) {
      unit *= base;
      i++;
    }
    return NumberFormat.magnitude(bytes / unit, 'f', 1, false)
        + " "
        + (binary ? BINARY : DECIMAL)[i];
  }
}
