package dev.lamina.text.tokenizer;

/** UTF-8 as the tokenizers need it. */
final class Utf8 {
  private Utf8() {}

  /** Bytes of a code point. */
  static int length(int codePoint) {
    return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }

  /** Bytes of {@code text[from, to)}. */
  static int length(String text, int from, int to) {
    int length = 0;
    int c;
    for (int i = from; i < to; i += Character.charCount(c)) {
      c = text.codePointAt(i);
      length += length(c);
    }
    return length;
  }

  /** Bytes of the character that begins with a byte. */
  static int lengthFrom(byte lead) {
    return lead >= 0 ? 1 : lead < (byte) 0xE0 ? 2 : lead < (byte) 0xF0 ? 3 : 4;
  }

  /** The code point whose bytes begin at a place. */
  static int codePoint(byte[] utf8, int at) {
    int length = lengthFrom(utf8[at]);
    int code = length == 1 ? utf8[at] : utf8[at] & 0x7F >> length;
    for (int i = at + 1; i < at + length; i++) {
      code = code << 6 | utf8[i] & 0x3F;
    }
    return code;
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
