package dev.lamina.text.template;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A format specification: {@code [[fill]align][sign][#][0][width][grouping][.precision][type]}.
 *
 * @param fill one code point as text
 * @param align one of {@code < > = ^}, or 0 for the type's own
 * @param signMode one of {@code + -} and space, or 0
 * @param width -1 if absent, as is {@code precision}
 * @param grouping comma, underscore or 0
 * @param type a letter or 0
 */
record FormatSpec(
    String fill,
    char align,
    char signMode,
    boolean alternate,
    int width,
    char grouping,
    int precision,
    char type) {
  private static final Pattern SYNTAX =
      Pattern.compile(
          "(?:(.)?([<>=^]))??([-+ ])?(#)?(0)?(\\d{1,8})?([,_])?(?:\\.(\\d{1,8}))?([a-zA-Z%])?",
          Pattern.DOTALL);

  static FormatSpec parse(String text) {
    Matcher m = SYNTAX.matcher(text);
    if (!m.matches()) {
      throw new RenderError("invalid format specifier '" + text + "'");
    }
    boolean zero = m.group(5) != null;
    String fill = m.group(1) != null ? m.group(1) : zero ? "0" : " ";
    char align = m.group(2) != null ? m.group(2).charAt(0) : zero ? '=' : 0;
    return new FormatSpec(
        fill,
        align,
        first(m.group(3)),
        m.group(4) != null,
        number(m.group(6)),
        first(m.group(7)),
        number(m.group(8)),
        first(m.group(9)));
  }

  private static char first(String group) {
    return group == null ? 0 : group.charAt(0);
  }

  private static int number(String group) {
    return group == null ? -1 : Integer.parseInt(group);
  }

  /** True if it asks for what only numbers have. */
  boolean numeric() {
    return signMode != 0 || alternate || grouping != 0 || align == '=';
  }

  String sign(boolean negative) {
    return negative ? "-" : signMode == '+' ? "+" : signMode == ' ' ? " " : "";
  }

  /** {@code prefix + text} at the width; {@code number} aligns to the right by default. */
  String pad(String prefix, String text, boolean number, Budget budget) {
    int length = prefix.length() + text.codePointCount(0, text.length());
    int missing = Math.max(0, width - length);
    budget.string((long) text.length() + missing);
    char side = align != 0 ? align : number ? '>' : '<';
    int left =
        switch (side) {
          case '<' -> 0;
          case '^' -> missing / 2;
          default -> missing;
        };
    return side == '='
        ? prefix + fill.repeat(missing) + text
        : fill.repeat(left) + prefix + text + fill.repeat(missing - left);
  }
}
