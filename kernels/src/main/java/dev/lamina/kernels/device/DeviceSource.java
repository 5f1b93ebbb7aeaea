package dev.lamina.kernels.device;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts the text of a program together: {@code portable.h}, then definitions, tables and headers in
 * the order of the calls.
 */
public final class DeviceSource {
  private static final Pattern INCLUDE = Pattern.compile("#include \"([a-z0-9_]+\\.h)\"");
  private static final int MAX_DEPTH = 8;

  private final StringBuilder text = new StringBuilder();

  public DeviceSource() {
    include("portable.h");
  }

  /** Adds {@code #define name value}. */
  public DeviceSource define(String name, int value) {
    text.append("#define ").append(name).append(' ').append(value).append('\n');
    return this;
  }

  /** Adds an array of words in constant memory. */
  public DeviceSource table(String name, int[] words) {
    text.append("CONSTANT u32 ").append(name).append('[').append(words.length).append("] = {");
    for (int i = 0; i < words.length; i++) {
      text.append(i % 8 == 0 ? "\n" : " ").append("0x").append(Integer.toHexString(words[i]));
      text.append("u,");
    }
    text.append("\n};\n");
    return this;
  }

  /**
   * Adds a header with everything that it includes, again at each call.
   *
   * @throws IllegalArgumentException if there is no such header, or headers include each other
   */
  public DeviceSource include(String header) {
    include(header, 0);
    return this;
  }

  /** The text so far. */
  public String text() {
    return text.toString();
  }

  private void include(String header, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("device header " + header + " includes itself");
    }
    for (String line : (Iterable<String>) read(header).lines()::iterator) {
      Matcher include = INCLUDE.matcher(line);
      if (include.matches()) {
        include(include.group(1), depth + 1);
      } else {
        text.append(line).append('\n');
      }
    }
  }

  private static String read(String header) {
    try (InputStream in = DeviceSource.class.getResourceAsStream(header)) {
      if (in == null) {
        throw new IllegalArgumentException("no device header " + header);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read device header " + header, e);
    }
  }
}
