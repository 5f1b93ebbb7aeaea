package dev.lamina.bench.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/**
 * A named value of a row.
 *
 * @param value null where there is none
 */
record Field(String name, Type type, Object value) {
  private static final MathContext SIX_DIGITS = new MathContext(6);

  /** Its kind decides how it is quoted and what SQL calls it. */
  enum Type {
    TEXT("TEXT"),
    INTEGER("INTEGER"),
    FLAG("INTEGER"),
    REAL("REAL");

    private final String sql;

    Type(String sql) {
      this.sql = sql;
    }

    String sql() {
      return sql;
    }
  }

  static Field text(String name, String value) {
    return new Field(name, Type.TEXT, value);
  }

  static Field integer(String name, long value) {
    return new Field(name, Type.INTEGER, value);
  }

  static Field flag(String name, boolean value) {
    return new Field(name, Type.FLAG, value);
  }

  static Field real(String name, Double value) {
    return new Field(name, Type.REAL, value);
  }

  /** For CSV and SQL: flags are 0 and 1, what is not there is empty. */
  String plain() {
    return switch (value) {
      case null -> "";
      case Boolean flag -> flag ? "1" : "0";
      case Double real -> String.format(Locale.ROOT, "%.6f", real);
      default -> value.toString();
    };
  }

  String json() {
    return switch (value) {
      case null -> "null";
      case String text -> quoted(text);
      case Boolean flag -> flag.toString();
      default -> plain();
    };
  }

  /** Six digits, as llama-bench prints its samples. */
  static String sixDigits(double value) {
    return new BigDecimal(value).round(SIX_DIGITS).stripTrailingZeros().toPlainString();
  }

  /** A JSON string. */
  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
