package dev.lamina.text.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/** Digits of numbers for {@code %} and {@code format}, without sign, width or fill. */
final class NumberFormat {
  private static final int MAX_PRECISION = 5000;

  private NumberFormat() {}

  /**
   * The magnitude of a float.
   *
   * @param type one of {@code e E f F g G %}
   * @param alternate keeps the point, and with {@code g} the trailing zeros
   * @throws RenderError for an absurd precision
   */
  static String magnitude(double value, char type, int precision, boolean alternate) {
    if (precision > MAX_PRECISION) {
      throw new RenderError("format precision is over " + MAX_PRECISION);
    }
    double d = Math.abs(value);
    boolean upper = Character.isUpperCase(type);
    if (Double.isNaN(d) || Double.isInfinite(d)) {
      String name = Double.isNaN(d) ? "nan" : "inf";
      return (upper ? name.toUpperCase(java.util.Locale.ROOT) : name) + (type == '%' ? "%" : "");
    }
    String text =
        switch (type) {
          case 'f', 'F' -> fixed(new BigDecimal(d), precision, alternate);
          case '%' -> fixed(new BigDecimal(d * 100), precision, alternate) + "%";
          case 'e', 'E' -> scientific(new BigDecimal(d), precision, alternate);
          default -> general(new BigDecimal(d), Math.max(precision, 1), alternate);
        };
    return upper ? text.toUpperCase(java.util.Locale.ROOT) : text;
  }

  private static String fixed(BigDecimal d, int precision, boolean alternate) {
    String text = d.setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
    return alternate && precision == 0 ? text + "." : text;
  }

  private static String scientific(BigDecimal d, int precision, boolean alternate) {
    BigDecimal rounded = round(d, precision + 1);
    String digits = rounded.unscaledValue().toString();
    int exponent = d.signum() == 0 ? 0 : digits.length() - rounded.scale() - 1;
    digits = digits + "0".repeat(Math.max(0, precision + 1 - digits.length()));
    String point = precision > 0 || alternate ? "." : "";
    return digits.charAt(0)
        + point
        + digits.substring(1, precision + 1)
        + Numbers.exponent(exponent);
  }

  private static BigDecimal round(BigDecimal d, int digits) {
    return d.round(new MathContext(digits, RoundingMode.HALF_EVEN));
  }

  private static String general(BigDecimal d, int precision, boolean alternate) {
    BigDecimal rounded = round(d, precision);
    int exponent = d.signum() == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
    boolean plain = exponent >= -4 && exponent < precision;
    String text =
        plain
            ? fixed(d, precision - 1 - exponent, alternate)
            : scientific(d, precision - 1, alternate);
    return alternate ? text : withoutTrailingZeros(text);
  }

  private static String withoutTrailingZeros(String text) {
    int e = text.indexOf('e');
    String number = e < 0 ? text : text.substring(0, e);
    if (number.indexOf('.') >= 0) {
      number = number.replaceFirst("\\.?0+$", "");
    }
    return number + (e < 0 ? "" : text.substring(e));
  }

  /** The magnitude of an integer in base 2, 8, 10 or 16, with its prefix if asked for. */
  static String magnitude(BigInteger value, char type, boolean prefix) {
    String digits =
        switch (type) {
          case 'b' -> value.abs().toString(2);
          case 'o' -> value.abs().toString(8);
          case 'x', 'X' -> value.abs().toString(16);
          default -> value.abs().toString();
        };
    boolean based = prefix && "boxX".indexOf(type) >= 0;
    String text = (based ? "0" + Character.toLowerCase(type) : "") + digits;
    return type == 'X' ? text.toUpperCase(java.util.Locale.ROOT) : text;
  }

  /** Puts {@code separator} between groups of digits of the integer part. */
  static String grouped(String magnitude, char separator, int size) {
    int end = 0;
    while (end < magnitude.length()
        && Character.digit(magnitude.charAt(end), 16) >= 0
        && (size == 4 || Chars.isDigit(magnitude.charAt(end)))) {
      end++;
    }
    StringBuilder out = new StringBuilder(2 * magnitude.length());
    for (int i = 0; i < end; i++) {
      if (i > 0 && (end - i) % size == 0) {
        out.append(separator);
      }
      out.append(magnitude.charAt(i));
    }
    return out.append(magnitude, end, magnitude.length()).toString();
  }
}
