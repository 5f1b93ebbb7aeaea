package dev.lamina.text.template;

/** Character classes as Python's str and re define them, over UTF-16 text. */
final class Chars {
  private Chars() {}

  /** True for what {@code str.isspace} and {@code \s} accept. */
  static boolean isSpace(int c) {
    return (c >= 9 && c <= 13)
        || (c >= 28 && c <= 32)
        || c == 0x85
        || c == 0xa0
        || c == 0x1680
        || (c >= 0x2000 && c <= 0x200a)
        || c == 0x2028
        || c == 0x2029
        || c == 0x202f
        || c == 0x205f
        || c == 0x3000;
  }

  /** True for what ends a line in {@code str.splitlines}. */
  static boolean isLineBreak(int c) {
    return (c >= 10 && c <= 13) || (c >= 28 && c <= 30) || c == 0x85 || c == 0x2028 || c == 0x2029;
  }

  /** True for what {@code \w} accepts. */
  static boolean isWord(int c) {
    return c == '_' || Character.isLetter(c) || isNumeric(c);
  }

  /** True for what {@code str.isnumeric} accepts. */
  static boolean isNumeric(int c) {
    int type = Character.getType(c);
    return type == Character.DECIMAL_DIGIT_NUMBER
        || type == Character.LETTER_NUMBER
        || type == Character.OTHER_NUMBER;
  }

  /** True for what {@code str.isdigit} accepts: decimal, raised, lowered and circled digits. */
  static boolean isDigitLike(int c) {
    return Character.isDigit(c)
        || c == 0xb2
        || c == 0xb3
        || c == 0xb9
        || c == 0x2070
        || (c >= 0x2074 && c <= 0x2079)
        || (c >= 0x2080 && c <= 0x2089)
        || (c >= 0x2460 && c <= 0x2468)
        || (c >= 0x2474 && c <= 0x247c)
        || (c >= 0x2488 && c <= 0x2490);
  }

  /** Every kind of number, as {@code str.isalnum} counts them. */
  static boolean isAlnum(int c) {
    return c != '_' && isWord(c);
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** True unless {@code repr} has to escape it. */
  static boolean isPrintable(int c) {
    if (c < 0x7f) {
      return c >= 0x20;
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** End of {@code text} without its trailing white space. */
  static int trimmedEnd(CharSequence text, int from, int end) {
    int e = end;
    while (e > from && isSpace(text.charAt(e - 1))) {
      e--;
    }
    return e;
  }

  /** First position at or after {@code from} that is not white space. */
  static int skipSpace(CharSequence text, int from) {
    int i = from;
    while (i < text.length() && isSpace(text.charAt(i))) {
      i++;
    }
    return i;
  }
}
