package dev.lamina.text.template;

/** Escapes of a string literal, as Python's {@code unicode-escape} codec reads them. */
final class StringEscapes {
  private StringEscapes() {}

  /**
   * Replaces the escapes of a literal's inside. Unknown escapes stay as they are.
   *
   * @throws RenderError for a malformed {@code \x}, {@code \\u}, {@code \U} or {@code \N}
   */
  static String decode(String s) {
    if (s.indexOf('\\') < 0) {
      return s;
    }
    StringBuilder out = new StringBuilder(s.length());
    int i = 0;
    while (i < s.length()) {
      char c = s.charAt(i);
      if (c != '\\' || i + 1 == s.length()) {
        out.append(c);
        i++;
      } else {
        i = escape(s, i + 1, out);
      }
    }
    return out.toString();
  }

  private static int escape(String s, int at, StringBuilder out) {
    char c = s.charAt(at);
    switch (c) {
      case '\n' -> {}
      case '\\', '\'', '"' -> out.append(c);
      case 'a' -> out.append('\u0007');
      case 'b' -> out.append('\b');
      case 'f' -> out.append('\f');
      case 'n' -> out.append('\n');
      case 'r' -> out.append('\r');
      case 't' -> out.append('\t');
      case 'v' -> out.append('\u000b');
      case 'x' -> {
        return hex(s, at + 1, 2, out);
      }
      case 'u' -> {
        return hex(s, at + 1, 4, out);
      }
      case 'U' -> {
        return hex(s, at + 1, 8, out);
      }
      case 'N' -> {
        return named(s, at + 1, out);
      }
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        return octal(s, at, out);
      }
      default -> out.append('\\').append(c);
    }
    return at + 1;
  }

  private static int hex(String s, int at, int digits, StringBuilder out) {
    long value = 0;
    for (int i = at; i < at + digits; i++) {
      int d = i < s.length() && s.charAt(i) < 0x80 ? Character.digit(s.charAt(i), 16) : -1;
      if (d < 0) {
        throw new RenderError("truncated escape in a string: expected " + digits + " hex digits");
      }
      value = value * 16 + d;
    }
    if (value > Character.MAX_CODE_POINT) {
      throw new RenderError("illegal Unicode character in a string escape");
    }
    out.appendCodePoint((int) value);
    return at + digits;
  }

  private static int octal(String s, int at, StringBuilder out) {
    int value = 0;
    int i = at;
    while (i < s.length() && i < at + 3 && s.charAt(i) >= '0' && s.charAt(i) <= '7') {
      value = value * 8 + (s.charAt(i) - '0');
      i++;
    }
    out.appendCodePoint(value);
    return i;
  }

  private static int named(String s, int at, StringBuilder out) {
    int end = s.indexOf('}', at);
    if (at >= s.length() || s.charAt(at) != '{' || end < 0) {
      throw new RenderError("malformed \\N character escape in a string");
    }
    try {
      out.appendCodePoint(Character.codePointOf(s.substring(at + 1, end)));
    } catch (IllegalArgumentException e) {
      throw new RenderError("unknown Unicode character name in a string escape");
    }
    return end + 1;
  }
}
