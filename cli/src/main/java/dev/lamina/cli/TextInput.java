package dev.lamina.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads text from a user: files, and backslash escapes. */
final class TextInput {
  /** Limit for a text, larger than any useful one; devices may have no end. */
  private static final int MAX_BYTES = 256 << 20;

  /** A byte order mark, decoded. */
  static final String MARK = "\uFEFF";

  private TextInput() {}

  /**
   * Reads all bytes up to the end of a stream.
   *
   * @param name of the stream, for messages
   */
  static byte[] readAll(InputStream in, String name) throws IOException {
    byte[] bytes = in.readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw new CliException(
          name
              + " has more than "
              + (MAX_BYTES >> 20)
              + " MiB of text, or no end; give a part of it");
    }
    return bytes;
  }

  /** Reads a prompt from a file: as {@link #readFile}, without a final line end. */
  static String readPrompt(Path file) {
    return withoutLastLineEnd(readFile(file));
  }

  /** A whole file as text, see {@link #decode}. */
  static String readFile(Path file) {
    return decode(readBytes(file));
  }

  /** A whole file as UTF-8, including a byte order mark. */
  static String readAsItIs(Path file) {
    return new String(readBytes(file), StandardCharsets.UTF_8);
  }

  /** A whole file's bytes. */
  static byte[] readBytes(Path file) {
    if (Files.isDirectory(file)) {
      throw new CliException(file + " is a folder, expected a text file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return readAll(in, file.toString());
    } catch (IOException e) {
      throw new CliException(
          Files.exists(file) ? "cannot read " + file : "file " + file + " does not exist", e);
    }
  }

  /**
   * Bytes as text: UTF-8, or UTF-16 if it starts with a byte order mark, as PowerShell writes it.
   * The mark is not part of the text; malformed bytes become U+FFFD.
   */
  static String decode(byte[] bytes) {
    Charset charset = charset(bytes);
    String text = new String(bytes, charset);
    return text.startsWith(MARK) ? text.substring(1) : text;
  }

  /** The encoding of a text, from its first bytes. */
  static Charset charset(byte[] start) {
    if (start.length >= 2 && start[0] == (byte) 0xFF && start[1] == (byte) 0xFE) {
      return StandardCharsets.UTF_16LE;
    }
    if (start.length >= 2 && start[0] == (byte) 0xFE && start[1] == (byte) 0xFF) {
      return StandardCharsets.UTF_16BE;
    }
    return StandardCharsets.UTF_8;
  }

  /** The text without a final line end, which editors and {@code echo} add. */
  static String withoutLastLineEnd(String text) {
    if (!text.endsWith("\n")) {
      return text;
    }
    int end = text.length() - (text.endsWith("\r\n") ? 2 : 1);
    return text.substring(0, end);
  }

  /**
   * Reads the escapes that llama.cpp reads: {@code \n \r \t \' \" \\} and {@code \xHH}. Any other
   * backslash stays as it is.
   */
  static String unescape(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder result = new StringBuilder(text.length());
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c != '\\' || i + 1 == text.length()) {
        result.append(c);
        i++;
        continue;
      }
      i += unescapeOne(text, i, result);
    }
    return result.toString();
  }

  /** Returns the number of characters that the escape at {@code at} takes. */
  private static int unescapeOne(String text, int at, StringBuilder to) {
    switch (text.charAt(at + 1)) {
      case 'n' -> to.append('\n');
      case 'r' -> to.append('\r');
      case 't' -> to.append('\t');
      case '\'' -> to.append('\'');
      case '"' -> to.append('"');
      case '\\' -> to.append('\\');
      case 'x' -> {
        int value = at + 4 <= text.length() ? hex(text.substring(at + 2, at + 4)) : -1;
        if (value >= 0) {
          to.append((char) value);
          return 4;
        }
        to.append("\\x");
      }
      default -> to.append('\\').append(text.charAt(at + 1));
    }
    return 2;
  }

  private static int hex(String digits) {
    int high = Character.digit(digits.charAt(0), 16);
    int low = Character.digit(digits.charAt(1), 16);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
  }
}
