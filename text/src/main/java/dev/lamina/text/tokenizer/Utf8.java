package dev.lamina.text.tokenizer;

/** UTF-8 as the tokenizers need it. */
final class Utf8 {
  private Utf8() {}

  /** Bytes of a code point. */
  static int length(int codePoint) {
    return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }

  /** Writes a code point at {@code at}; returns where it ends. */
  static int put(int codePoint, byte[] out, int at) {
    int p = at;
    if (codePoint < 0x80) {
      out[p++] = (byte) codePoint;
      return p;
    }
    if (codePoint < 0x800) {
      out[p++] = (byte) (0xC0 | codePoint >> 6);
    } else {
      if (codePoint < 0x10000) {
        out[p++] = (byte) (0xE0 | codePoint >> 12);
      } else {
        out[p++] = (byte) (0xF0 | codePoint >> 18);
        out[p++] = (byte) (0x80 | codePoint >> 12 & 0x3F);
      }
      out[p++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
    }
    out[p++] = (byte) (0x80 | codePoint & 0x3F);
    return p;
  }

  /** The text with U+FFFD for each surrogate that is not one of a pair. */
  static String wellFormed(String text) {
    int i = 0;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        return text.codePoints()
            .map(p -> p >= Character.MIN_SURROGATE && p <= Character.MAX_SURROGATE ? 0xFFFD : p)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
      }
      i += Character.charCount(c);
    }
    return text;
  }
}
