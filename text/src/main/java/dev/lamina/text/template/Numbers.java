package dev.lamina.text.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/** Python's int and float over Long, BigInteger, Boolean and Double. */
final class Numbers {
  private static final BigInteger MIN_LONG = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MAX_LONG = BigInteger.valueOf(Long.MAX_VALUE);

  private Numbers() {}

  /** A Long where it fits; refuses integers over {@link TemplateLimits#MAX_INTEGER_BITS}. */
  static Object normalize(BigInteger i) {
    if (i.compareTo(MIN_LONG) >= 0 && i.compareTo(MAX_LONG) <= 0) {
      return i.longValue();
    }
    if (i.bitLength() > TemplateLimits.MAX_INTEGER_BITS) {
      throw new RenderError(
          "the template makes an integer of over " + TemplateLimits.MAX_INTEGER_BITS + " bits");
    }
    return i;
  }

  static BigInteger big(Object v) {
    return switch (v) {
      case Long l -> BigInteger.valueOf(l);
      case Boolean b -> b ? BigInteger.ONE : BigInteger.ZERO;
      case BigInteger i -> i;
      case Undefined u -> throw u.error();
      case null, default -> throw new RenderError("expected an integer, got " + Values.typeName(v));
    };
  }

  /**
   * An index or count.
   *
   * @throws RenderError if it is no integer that fits 32 bits
   */
  static int index(Object v, String what) {
    if (v instanceof Undefined u) {
      throw u.error();
    }
    if (!Values.isInteger(v)) {
      throw new RenderError(what + " must be an integer, not " + Values.typeName(v));
    }
    BigInteger i = big(v);
    if (i.bitLength() > 31) {
      throw new RenderError(what + " " + (i.bitLength() > 64 ? "" : i + " ") + "is out of range");
    }
    return i.intValue();
  }

  static double toDouble(Object v) {
    return switch (v) {
      case Long l -> l;
      case Boolean b -> b ? 1 : 0;
      case Double d -> d;
      case BigInteger i -> finite(i.doubleValue());
      case Undefined u -> throw u.error();
      case null, default -> throw new RenderError("expected a number, got " + Values.typeName(v));
    };
  }

  private static double finite(double d) {
    if (Double.isInfinite(d)) {
      throw new RenderError("int too large to convert to float");
    }
    return d;
  }

  /** {@code int(d)}: the integer part. */
  static Object truncate(double d) {
    if (Double.isNaN(d) || Double.isInfinite(d)) {
      throw new RenderError("cannot convert float " + floatRepr(d) + " to integer");
    }
    return normalize(new BigDecimal(d).toBigInteger());
  }

  /** {@code repr} of a float: the shortest decimal that reads back as the same number. */
  static String floatRepr(double d) {
    if (Double.isNaN(d)) {
      return "nan";
    }
    if (Double.isInfinite(d)) {
      return d > 0 ? "inf" : "-inf";
    }
    if (d == 0) {
      return 1 / d < 0 ? "-0.0" : "0.0";
    }
    BigDecimal shortest = shortest(Math.abs(d));
    String digits = shortest.unscaledValue().toString();
    int exponent = digits.length() - shortest.scale() - 1;
    String sign = d < 0 ? "-" : "";
    if (exponent < -4 || exponent >= 16) {
      String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
      return sign + digits.charAt(0) + fraction + exponent(exponent);
    }
    String plain = shortest.toPlainString();
    return sign + (plain.indexOf('.') < 0 ? plain + ".0" : plain);
  }

  // Java gives two digits at least, where one may do for the smallest numbers.
  private static BigDecimal shortest(double d) {
    BigDecimal digits = new BigDecimal(Double.toString(d)).stripTrailingZeros();
    BigDecimal one = digits.round(new MathContext(1));
    return one.doubleValue() == d ? one.stripTrailingZeros() : digits;
  }

  /** {@code e+05}: sign and at least two digits. */
  static String exponent(int exponent) {
    int magnitude = Math.abs(exponent);
    return "e" + (exponent < 0 ? "-" : "+") + (magnitude < 10 ? "0" : "") + magnitude;
  }

  /** {@code round(v, digits)}: half to even on the exact value. */
  static Object round(Object v, int digits) {
    if (Values.isInteger(v)) {
      BigInteger i = big(v);
      if (digits >= 0) {
        return normalize(i);
      }
      BigDecimal rounded =
          digits < -5000
              ? BigDecimal.ZERO
              : new BigDecimal(i).setScale(digits, RoundingMode.HALF_EVEN);
      return normalize(rounded.toBigInteger());
    }
    double d = toDouble(v);
    if (Double.isNaN(d) || Double.isInfinite(d) || digits > 330) {
      return d;
    }
    if (digits < -330) {
      return d < 0 ? -0.0 : 0.0;
    }
    double rounded = new BigDecimal(d).setScale(digits, RoundingMode.HALF_EVEN).doubleValue();
    return Math.copySign(rounded, d);
  }

  /** {@code int(text, base)}, or null when the text is no such integer. */
  static Object parseInt(String text, int base) {
    String s = strip(text);
    boolean negative = s.startsWith("-");
    if (negative || s.startsWith("+")) {
      s = s.substring(1);
    }
    String prefix = s.length() > 1 && s.charAt(0) == '0' ? s.substring(1, 2) : "";
    int prefixBase =
        prefix.isEmpty()
            ? 0
            : "bB".contains(prefix)
                ? 2
                : "oO".contains(prefix) ? 8 : "xX".contains(prefix) ? 16 : 0;
    int radix = base;
    if (prefixBase != 0 && (base == 0 || base == prefixBase)) {
      s = s.substring(2);
      s = s.startsWith("_") ? s.substring(1) : s;
      radix = prefixBase;
    } else if (base == 0) {
      radix = 10;
    }
    if (!isDigits(s, radix) || s.length() > TemplateLimits.MAX_INTEGER_DIGITS) {
      return null;
    }
    BigInteger value = new BigInteger(s.replace("_", ""), radix);
    return normalize(negative ? value.negate() : value);
  }

  private static boolean isDigits(String s, int radix) {
    boolean digit = false;
    for (int i = 0; i < s.length(); i++) {
      if (s.charAt(i) == '_' && digit) {
        digit = false;
      } else if (Character.digit(s.charAt(i), radix) >= 0) {
        digit = true;
      } else {
        return false;
      }
    }
    return digit;
  }

  /** {@code float(text)}, or null when the text is no float. */
  static Double parseFloat(String text) {
    String s = strip(text);
    String lower = s.toLowerCase(java.util.Locale.ROOT);
    String unsigned = lower.startsWith("-") || lower.startsWith("+") ? lower.substring(1) : lower;
    double sign = lower.startsWith("-") ? -1 : 1;
    switch (unsigned) {
      case "inf", "infinity" -> {
        return sign * Double.POSITIVE_INFINITY;
      }
      case "nan" -> {
        return Double.NaN;
      }
      default -> {}
    }
    if (!isDecimal(unsigned)) {
      return null;
    }
    return sign * Double.parseDouble(unsigned.replace("_", ""));
  }

  /** Digits with single underscores between them, a point, an exponent. */
  private static boolean isDecimal(String s) {
    int mark = s.indexOf('e');
    if (mark >= 0) {
      String exponent = s.substring(mark + 1);
      boolean signed = exponent.startsWith("-") || exponent.startsWith("+");
      if (!isDigits(signed ? exponent.substring(1) : exponent, 10)) {
        return false;
      }
    }
    String mantissa = mark >= 0 ? s.substring(0, mark) : s;
    int point = mantissa.indexOf('.');
    if (point < 0) {
      return isDigits(mantissa, 10);
    }
    String whole = mantissa.substring(0, point);
    String fraction = mantissa.substring(point + 1);
    return !(whole.isEmpty() && fraction.isEmpty())
        && (whole.isEmpty() || isDigits(whole, 10))
        && (fraction.isEmpty() || isDigits(fraction, 10));
  }

  private static String strip(String s) {
    int end = Chars.trimmedEnd(s, 0, s.length());
    return s.substring(Math.min(end, Chars.skipSpace(s, 0)), end);
  }
}
