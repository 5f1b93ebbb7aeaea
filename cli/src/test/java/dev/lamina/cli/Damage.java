package dev.lamina.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Damages files: random bytes, and extreme numbers and texts in place of theirs. */
final class Damage {
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-1",
          "2147483647",
          "-2147483648",
          "9223372036854775808",
          "1e999",
          "-1e999",
          "NaN",
          "1e-400",
          "\"x\"",
          "null",
          "[]",
          "{}",
          "",
          "99999999999999999999999999");
  private static final int[] EXTREMES = {
    0,
    1,
    -1,
    2,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    0x10000,
    0x7fffff00,
    0x40000000,
    100,
    0x7fc00000,
    0x7f800000
  };
  private static final List<String> NESTED =
      List.of("[", "{\"a\":", "((", "{% if 1 %}", "<|", "\"", "\\", "\u0000", "\n", "{{ ", "é");

  private final Random random;
  private final byte[] good;
  private final int hot;

  /**
   * @param hot bytes to damage: most of a model is weights, which may have any value
   */
  Damage(byte[] good, int hot, Random random) {
    this.good = good;
    this.hot = Math.max(1, Math.min(good.length, hot));
    this.random = random;
  }

  /** The next damaged file, with a random kind of damage. */
  byte[] next() {
    if (good.length == 0) {
      return noise(1 + random.nextInt(100));
    }
    return switch (random.nextInt(12)) {
      case 0 -> Arrays.copyOf(good, random.nextInt(good.length));
      case 1 -> Arrays.copyOf(good, random.nextInt(hot));
      case 2, 3 -> changed(1 + random.nextInt(8));
      case 4, 5 -> extremes(1 + random.nextInt(2));
      case 6 -> replaced(at(), random.nextInt(64), new byte[0]);
      case 7 -> repeated();
      case 8 -> replaced(at(), random.nextInt(16), noise(1 + random.nextInt(64)));
      case 9, 10 -> number();
      default -> nested();
    };
  }

  /** The keys are at the beginning of a model's metadata, its tensors at the end. */
  private int at() {
    return switch (random.nextInt(3)) {
      case 0 -> random.nextInt(Math.min(hot, 1500));
      case 1 -> hot - 1 - random.nextInt(Math.min(hot, 5000));
      default -> random.nextInt(hot);
    };
  }

  byte[] noise(int length) {
    byte[] noise = new byte[length];
    random.nextBytes(noise);
    return noise;
  }

  private byte[] changed(int count) {
    byte[] bytes = good.clone();
    for (int i = 0; i < count; i++) {
      bytes[at()] = (byte) random.nextInt();
    }
    return bytes;
  }

  /** Little-endian numbers of 4 or 8 bytes. */
  private byte[] extremes(int count) {
    byte[] bytes = good.clone();
    for (int i = 0; i < count; i++) {
      long value = EXTREMES[random.nextInt(EXTREMES.length)];
      if (random.nextBoolean()) {
        value = value << 32 | value & 0xffffffffL;
      }
      int at = at();
      for (int k = 0; k < (random.nextBoolean() ? 4 : 8) && at + k < bytes.length; k++) {
        bytes[at + k] = (byte) (value >> 8 * k);
      }
    }
    return bytes;
  }

  private byte[] replaced(int at, int length, byte[] with) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(good.length + with.length);
    out.write(good, 0, at);
    out.writeBytes(with);
    int rest = Math.min(good.length, at + length);
    out.write(good, rest, good.length - rest);
    return out.toByteArray();
  }

  private byte[] repeated() {
    int at = at();
    byte[] piece = Arrays.copyOfRange(good, at, Math.min(good.length, at + 1 + random.nextInt(64)));
    return replaced(at, 0, times(piece, 1 + random.nextInt(300)));
  }

  /** Replaces a number in digits by another one. */
  private byte[] number() {
    String text = new String(good, 0, hot, StandardCharsets.ISO_8859_1);
    List<MatchResult> numbers = NUMBER.matcher(text).results().toList();
    if (numbers.isEmpty()) {
      return extremes(1);
    }
    MatchResult number = numbers.get(random.nextInt(numbers.size()));
    String other = NUMBERS.get(random.nextInt(NUMBERS.size()));
    return replaced(
        number.start(), number.end() - number.start(), other.getBytes(StandardCharsets.ISO_8859_1));
  }

  private byte[] nested() {
    byte[] piece = NESTED.get(random.nextInt(NESTED.size())).getBytes(StandardCharsets.UTF_8);
    return replaced(at(), random.nextInt(4), times(piece, 1 << random.nextInt(17)));
  }

  private static byte[] times(byte[] piece, int count) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      out.writeBytes(piece);
    }
    return out.toByteArray();
  }
}
