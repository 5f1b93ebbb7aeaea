package dev.lamina.text.tokenizer;

import java.util.HexFormat;

/**
 * The classes of characters that pre-tokenizers tell apart, by the general category of Unicode
 * 15.1, which is what llama.cpp's tables hold. White space (the property {@code White_Space}) comes
 * before the category.
 */
final class UnicodeClass {
  static final byte OTHER = 0;
  static final byte LETTER = 1;
  static final byte NUMBER = 2;
  static final byte MARK = 3;
  static final byte PUNCTUATION = 4;
  static final byte SYMBOL = 5;
  static final byte SPACE = 6;

  /** First and last code points, in hexadecimal, of what this JDK's Unicode 16 has beyond 15.1. */
  private static final int[] NEWER =
      ranges(
          "897-897 1B4E-1B4F 1B7F-1B7F 1C89-1C8A 2427-2429 31E4-31E5 A7CB-A7CD A7DA-A7DC"
              + " 105C0-105F3 10D40-10D85 10D8E-10D8F 10EC2-10EC4 10EFC-10EFC 11380-113E2"
              + " 116D0-116E3 11BC0-11BE1 11BF0-11BF9 11F5A-11F5A 13460-143FA 16100-16139"
              + " 16D40-16D79 18CFF-18CFF 1CC00-1CEB3 1E5D0-1E5FF 1F8B2-1F8BB 1F8C0-1F8C1"
              + " 1FA89-1FA89 1FA8F-1FA8F 1FABE-1FABE 1FAC6-1FAC6 1FADC-1FADC 1FADF-1FADF"
              + " 1FAE9-1FAE9 1FBCB-1FBEF");

  private UnicodeClass() {}

  static byte of(int codePoint) {
    if (isSpace(codePoint)) {
      return SPACE;
    }
    byte byCategory = byCategory(codePoint);
    return byCategory != OTHER && isNewer(codePoint) ? OTHER : byCategory;
  }

  private static boolean isSpace(int c) {
    return switch (c) {
      case ' ', '\t', '\n', 0x0B, '\f', '\r', 0x85, 0xA0, 0x1680, 0x2028, 0x2029 -> true;
      case 0x202F, 0x205F, 0x3000 -> true;
      default -> c >= 0x2000 && c <= 0x200A;
    };
  }

  private static byte byCategory(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          NUMBER;
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK ->
          MARK;
      case Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.CONNECTOR_PUNCTUATION,
          Character.OTHER_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION ->
          PUNCTUATION;
      case Character.MATH_SYMBOL,
          Character.CURRENCY_SYMBOL,
          Character.MODIFIER_SYMBOL,
          Character.OTHER_SYMBOL ->
          SYMBOL;
      default -> OTHER;
    };
  }

  private static boolean isNewer(int codePoint) {
    return codePoint >= NEWER[0] && contains(NEWER, codePoint);
  }

  /** Parses {@code "41-5A B5-B5"} to pairs of first and last, ascending. */
  static int[] ranges(String text) {
    String[] parts = text.split("[ -]");
    int[] bounds = new int[parts.length];
    for (int i = 0; i < parts.length; i++) {
      bounds[i] = HexFormat.fromHexDigits(parts[i]);
    }
    return bounds;
  }

  /** Whether one of the ascending ranges holds the code point. */
  static boolean contains(int[] ranges, int codePoint) {
    int low = 0;
    int high = ranges.length / 2 - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (codePoint < ranges[2 * middle]) {
        high = middle - 1;
      } else if (codePoint > ranges[2 * middle + 1]) {
        low = middle + 1;
      } else {
        return true;
      }
    }
    return false;
  }
}
