package dev.lamina.engine.gguf;

import java.util.Locale;

/**
 * The user's value of a metadata key.
 *
 * @param value of the class that {@link dev.lamina.engine.gguf.Metadata} names for the type
 */
public record KeyOverride(String key, ValueType type, Object value) {
  /**
   * @param text {@code KEY=TYPE:VALUE}, the type int (written as u32), float, bool or str
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
        case "int" -> integer(text, key, Long.parseLong(value));
        case "float" -> new KeyOverride(key, ValueType.F32, Float.parseFloat(value));
        case "bool" -> new KeyOverride(key, ValueType.BOOL, bool(text, value));
        case "str" -> new KeyOverride(key, ValueType.STRING, value);
        default -> throw wrong(text, "expected one of the types int, float, bool, str");
      };
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("key '" + text + "': '" + value + "' is no number", e);
    }
  }

  private static KeyOverride integer(String text, String key, long value) {
    if (value < 0 || value > 0xFFFF_FFFFL) {
      throw wrong(text, "expected a number from 0 to " + 0xFFFF_FFFFL);
    }
    return new KeyOverride(key, ValueType.U32, value);
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
