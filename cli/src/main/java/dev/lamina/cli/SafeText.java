package dev.lamina.cli;

import dev.lamina.gguf.Printable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Makes text from files and users safe for a terminal. */
final class SafeText {
  private static final char CONTROL_PICTURES = '\u2400';
  private static final char DELETE = 0x7f;
  private static final char DELETE_PICTURE = '\u2421';
  private static final char LAST_C1 = 0x9f;

  private SafeText() {}

  /** An error message on one line; messages may quote the contents of files. */
  static String oneLine(String text) {
    return Printable.escape(text.replaceAll("\\R\\s*", " ").strip());
  }

  /**
   * Text of several lines, such as a model's, for a terminal. Control characters are made visible,
   * so that no control sequence reaches the terminal, even in pieces. Line feeds and tabs stay.
   * Carriage returns, which would hide text, are left out.
   */
  static String forTerminal(String text) {
    if (text.chars().noneMatch(SafeText::isControl)) {
      return text;
    }
    StringBuilder result = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isControl(c)) {
        result.append(c);
      } else if (c < ' ') {
        result.append(c == '\r' ? "" : String.valueOf((char) (CONTROL_PICTURES + c)));
      } else {
        result.append(c == DELETE ? String.valueOf(DELETE_PICTURE) : "\\u{%x}".formatted((int) c));
      }
    }
    return result.toString();
  }

  private static boolean isControl(int c) {
    return c < ' ' && c != '\n' && c != '\t' || c >= DELETE && c <= LAST_C1;
  }

  /** A token's bytes as text, {@code \xHH} where they are not UTF-8; not yet escaped. */
  static String bytes(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      StringBuilder result = new StringBuilder();
      for (byte b : bytes) {
        result.append(b >= ' ' && b < 0x7f ? "" + (char) b : "\\x%02X".formatted(b));
      }
      return result.toString();
    }
  }
}
