package dev.lamina.text.template;

import java.math.BigInteger;

/**
 * A number literal: decimal, {@code 0x}, {@code 0o}, {@code 0b} or floating point, with {@code _}
 * between digits.
 *
 * @param end position after it
 * @param value Long, BigInteger or Double
 */
record NumberLexer(int end, Object value) {

  static NumberLexer at(String s, int start) {
    int end = floatEnd(s, start);
    if (end > 0 && (start == 0 || s.charAt(start - 1) != '.')) {
      return new NumberLexer(end, Double.valueOf(s.substring(start, end).replace("_", "")));
    }
    int radix = radix(s, start);
    if (radix != 10) {
      end = digits(s, start + 2, radix, true);
      if (end > start + 2) {
        return new NumberLexer(end, integer(s.substring(start + 2, end), radix));
      }
    }
    // A leading zero stands alone, so that 007 is not a number.
    end = s.charAt(start) == '0' ? zeros(s, start) : digits(s, start, 10, false);
    return new NumberLexer(end, integer(s.substring(start, end), 10));
  }

  private static Object integer(String digits, int radix) {
    if (digits.length() > TemplateLimits.MAX_INTEGER_DIGITS) {
      throw new RenderError("number of over " + TemplateLimits.MAX_INTEGER_DIGITS + " digits");
    }
    return Numbers.normalize(new BigInteger(digits.replace("_", ""), radix));
  }

  private static int radix(String s, int start) {
    if (s.charAt(start) != '0' || start + 1 >= s.length()) {
      return 10;
    }
    return switch (s.charAt(start + 1)) {
      case 'x', 'X' -> 16;
      case 'o', 'O' -> 8;
      case 'b', 'B' -> 2;
      default -> 10;
    };
  }

  /** End of a run of digits with single underscores between them. */
  private static int digits(String s, int start, int radix, boolean leadingUnderscore) {
    int i = start;
    while (i < s.length()) {
      int d = i;
      if (s.charAt(d) == '_' && (i > start || leadingUnderscore)) {
        d++;
      }
      if (d >= s.length() || s.charAt(d) > 'f' || Character.digit(s.charAt(d), radix) < 0) {
        break;
      }
      i = d + 1;
    }
    return i;
  }

  private static int zeros(String s, int start) {
    int i = start;
    while (i < s.length() && (s.charAt(i) == '0' || s.startsWith("_0", i))) {
      i += s.charAt(i) == '0' ? 1 : 2;
    }
    return i;
  }

  /** End of a floating-point literal, or -1 when there is none: it needs a fraction or exponent. */
  private static int floatEnd(String s, int start) {
    int i = digits(s, start, 10, false);
    boolean isFloat = false;
    if (i + 1 < s.length() && s.charAt(i) == '.' && Chars.isDigit(s.charAt(i + 1))) {
      i = digits(s, i + 1, 10, false);
      isFloat = true;
    }
    if (i + 1 < s.length() && (s.charAt(i) == 'e' || s.charAt(i) == 'E')) {
      char sign = s.charAt(i + 1);
      int exponent = i + (sign == '+' || sign == '-' ? 2 : 1);
      if (exponent < s.length() && Chars.isDigit(s.charAt(exponent))) {
        i = digits(s, exponent, 10, false);
        isFloat = true;
      }
    }
    return isFloat ? i : -1;
  }
}
