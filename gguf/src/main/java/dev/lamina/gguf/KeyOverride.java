package dev.lamina.gguf;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The user's value of a metadata key.
 *
 * @param value of the class that {@link dev.lamina.gguf.Metadata} names for the type
 */
public record KeyOverride(String key, ValueType type, Object value) {
  /** A comma between two overrides, unlike a comma inside a text. */
  private static final Pattern BETWEEN = Pattern.compile(",(?=[^,=]+=(?i:int|float|bool|str):)");

  /**
   * Parses several overrides.
   *
   * @param text {@code KEY=TYPE:VALUE,KEY=TYPE:VALUE,...}
   * @throws IllegalArgumentException if it is not of this form
   */
  public static List<KeyOverride> parseAll(String text) {
    return Arrays.stream(BETWEEN.split(text)).map(KeyOverride::parse).toList();
  }

  /**
   * @param text {@code KEY=TYPE:VALUE}, the type int (u32 where it fits, else i64), float, bool or
   *     str
   * @throws IllegalArgumentException if it is not of this form
   */
  public static KeyOverride parse(String text) {
    int equals = text.indexOf('=');
    int colon = text.indexOf(':', equals);
    if (equals <= 0 || colon < 0) {
      throw wrong(text, "expected KEY=TYPE:VALUE, such as general.name=str:Mine");
    }
    String key = text.substring(0, equals);
    String value = text.substring(colon + 1);
    try {
      return switch (text.substring(equals + 1, colon).toLowerCase(Locale.ROOT)) {
        case "int" -> integer(text, key, new BigInteger(value));
        case "float" -> new KeyOverride(key, ValueType.F32, real(text, Float.parseFloat(value)));
        case "bool" -> new KeyOverride(key, ValueType.BOOL, bool(text, value));
        case "str" -> new KeyOverride(key, ValueType.STRING, value);
        default -> throw wrong(text, "expected one of the types int, float, bool, str");
      };
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("key '" + text + "': '" + value + "' is no number", e);
    }
  }

  private static KeyOverride integer(String text, String key, BigInteger value) {
    if (value.bitLength() >= Long.SIZE) {
      throw wrong(text, "expected a number from -2^63 to 2^63 - 1");
    }
    boolean small = value.signum() >= 0 && value.bitLength() <= Integer.SIZE;
    return new KeyOverride(key, small ? ValueType.U32 : ValueType.I64, value.longValueExact());
  }

  private static float real(String text, float value) {
    if (!Float.isFinite(value)) {
      throw wrong(text, "expected a number of at most 3.4e38");
    }
    return value;
  }

  private static boolean bool(String text, String value) {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(text, "expected true or false");
    };
  }

  private static IllegalArgumentException wrong(String text, String expected) {
    return new IllegalArgumentException("key '" + text + "': " + expected);
  }
}
