package dev.lamina.gguf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Collects the texts of a {@link TextArray}. */
final class TextArrayBuilder {
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  private final int[] starts;
  private byte[] bytes;
  private int count;

  /**
   * @param texts how many there will be
   * @param likely how many bytes they will have, about
   */
  TextArrayBuilder(int texts, long likely) {
    starts = new int[texts + 1];
    bytes = new byte[(int) Math.min(likely, 1 << 24)];
  }

  /**
   * Adds a text. What is not UTF-8 in it becomes U+FFFD.
   *
   * @return whether all of it is UTF-8
   */
  boolean add(byte[] from, int at, int length) {
    boolean wellFormed = isWellFormed(from, at, at + length);
    if (wellFormed) {
      append(from, at, length);
    } else {
      byte[] replaced =
          new String(from, at, length, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
      append(replaced, 0, replaced.length);
    }
    return wellFormed;
  }

  private void append(byte[] from, int at, int length) {
    int start = starts[count];
    int end = Math.addExact(start, length);
    if (end > bytes.length) {
      long larger = Math.max(end, bytes.length + (bytes.length >> 1) + 64L);
      bytes = Arrays.copyOf(bytes, (int) Math.min(larger, MAX_ARRAY));
    }
    System.arraycopy(from, at, bytes, start, length);
    starts[++count] = end;
  }

  TextArray build() {
    return new TextArray(bytes, starts);
  }

  /** Source: RFC 3629, section 4. */
  private static boolean isWellFormed(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to) {
      int lead = bytes[i++];
      if (lead >= 0) {
        continue;
      }
      int more = (lead & 0xE0) == 0xC0 ? 1 : (lead & 0xF0) == 0xE0 ? 2 : 3;
      if (to - i < more || more == 3 && (lead & 0xF8) != 0xF0) {
        return false;
      }
      int code = lead & 0x3F >> more;
      for (int end = i + more; i < end; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
          return false;
        }
        code = code << 6 | bytes[i] & 0x3F;
      }
      if (!isCharacter(code, more)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a code point takes this many bytes after the first and is no surrogate. */
  private static boolean isCharacter(int code, int more) {
    return switch (more) {
      case 1 -> code >= 0x80;
      case 2 -> code >= 0x800 && (code < 0xD800 || code > 0xDFFF);
      default -> code >= 0x10000 && code <= 0x10FFFF;
    };
  }
}
