package dev.lamina.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the fields of a GGUF header one after the other, never beyond the file's end. Knows what is
 * being read, for messages.
 */
final class Cursor {
  /** Far above any real header; bounds the heap that a hostile (perhaps sparse) file can take. */
  static final long MAX_HEADER = 256L << 20;

  private static final int WINDOW = 1 << 16;

  private final String source;
  private final FileBytes file;
  private final FileWarnings warnings;
  private final long end;
  // Going through an array is several times faster than reading fields from the segment, and is
  // so in the interpreter too.
  private final byte[] window;
  private final ByteBuffer fields;
  private long windowStart;
  private int at;
  private int limit;
  private String subject = "header";
  private long element = -1;

  /**
   * @param source the file's name, for messages
   */
  Cursor(FileBytes file, String source, FileWarnings warnings) {
    this.source = source;
    this.file = file;
    this.warnings = warnings;
    this.end = Math.min(file.size(), MAX_HEADER);
    this.window = new byte[(int) Math.min(WINDOW, end)];
    this.fields = ByteBuffer.wrap(window).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Names what is read from now on. */
  void subject(String text) {
    subject = text;
    element = -1;
  }

  String subject() {
    return subject;
  }

  long position() {
    return windowStart + at;
  }

  /** Bytes that can still be read. */
  long remaining() {
    return end - position();
  }

  int i8() {
    need(1);
    return window[at++];
  }

  int i16() {
    need(2);
    at += 2;
    return fields.getShort(at - 2);
  }

  int i32() {
    need(4);
    at += 4;
    return fields.getInt(at - 4);
  }

  long i64() {
    need(8);
    at += 8;
    return fields.getLong(at - 8);
  }

  /** A number of things of at least {@code minBytes} each, all of which the file can hold. */
  int count(String what, int minBytes) {
    long count = i64();
    if (count < 0 || count > remaining() / minBytes) {
      throw error(
          Long.toUnsignedString(count) + " " + what + " do not fit in " + describeRemaining());
    }
    return (int) count;
  }

  byte[] bytes(long n) {
    if (n > remaining()) {
      throw tooShort(n);
    }
    byte[] result = new byte[(int) n];
    if (n <= limit - at) {
      System.arraycopy(window, at, result, 0, (int) n);
      at += (int) n;
    } else {
      file.copy(position(), result, 0, (int) n);
      windowStart = position() + n;
      at = 0;
      limit = 0;
    }
    return result;
  }

  /** A length and that many bytes of UTF-8; what is none becomes U+FFFD, with a warning. */
  String string() {
    int length = stringLength();
    if (length > limit - at) {
      return decode(bytes(length), 0, length);
    }
    int start = at;
    at += length;
    return decode(window, start, length);
  }

  /** The length of the string that follows, which then is in the window if it fits. */
  private int stringLength() {
    long length = i64();
    if (length < 0 || length > remaining()) {
      throw error(
          "a string of "
              + Long.toUnsignedString(length)
              + " bytes does not fit in "
              + describeRemaining());
    }
    if (length > limit - at && length <= window.length) {
      fill();
    }
    return (int) length;
  }

  /** As many strings, with one warning for those that are not UTF-8. */
  TextArray strings(int count) {
    TextArrayBuilder texts = new TextArrayBuilder(count, Math.min(8L * count, remaining()));
    boolean wellFormed = true;
    for (int i = 0; i < count; i++) {
      element = i;
      int length = stringLength();
      if (length <= limit - at) {
        wellFormed &= texts.add(window, at, length);
        at += length;
      } else {
        wellFormed &= texts.add(bytes(length), 0, length);
      }
    }
    element = -1;
    if (!wellFormed) {
      warnMalformed();
    }
    return texts.build();
  }

  private String decode(byte[] bytes, int start, int length) {
    if (length == 0) {
      return "";
    }
    String text = new String(bytes, start, length, StandardCharsets.UTF_8);
    // Malformed input has become U+FFFD, which a valid string may hold as well.
    if (text.indexOf('\uFFFD') >= 0) {
      byte[] back = text.getBytes(StandardCharsets.UTF_8);
      int wrong = Arrays.mismatch(back, 0, back.length, bytes, start, start + length);
      if (wrong >= 0) {
        warnMalformed();
      }
    }
    return text;
  }

  private void need(int n) {
    if (limit - at < n) {
      if (n > remaining()) {
        throw tooShort(n);
      }
      fill();
    }
  }

  private void fill() {
    windowStart = position();
    at = 0;
    limit = (int) Math.min(window.length, end - windowStart);
    file.copy(windowStart, window, 0, limit);
  }

  private GgufFormatException tooShort(long n) {
    return error("expected " + n + " more bytes, found " + describeRemaining());
  }

  private String describeRemaining() {
    String bytes = "the remaining " + remaining() + " bytes at offset " + position();
    return end < file.size() ? bytes + " (a header is read up to " + MAX_HEADER + " bytes)" : bytes;
  }

  private void warnMalformed() {
    // One line for all elements of an array.
    warnings.add(source + ": " + subject + ": invalid UTF-8, its wrong bytes are read as U+FFFD");
  }

  /** A message about what is being read. */
  GgufFormatException error(String message) {
    return new GgufFormatException(located(message));
  }

  /** Notes something odd about what is being read. */
  void warn(String message) {
    warnings.add(located(message));
  }

  FileWarnings warnings() {
    return warnings;
  }

  private String located(String message) {
    String where = element < 0 ? subject : subject + "[" + element + "]";
    return source + ": " + where + ": " + message;
  }
}
