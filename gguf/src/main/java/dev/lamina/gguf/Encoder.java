package dev.lamina.gguf;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Encodes the fields of a GGUF header. */
final class Encoder {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  byte[] toBytes() {
    return out.toByteArray();
  }

  /** The lowest {@code nBytes} bytes. */
  Encoder integer(long value, int nBytes) {
    for (int i = 0; i < nBytes; i++) {
      out.write((int) (value >>> 8 * i));
    }
    return this;
  }

  Encoder i32(int value) {
    return integer(value, 4);
  }

  Encoder i64(long value) {
    return integer(value, 8);
  }

  Encoder raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  /**
   * @throws IllegalArgumentException if the text holds half a surrogate pair
   */
  Encoder string(String text) {
    byte[] bytes = utf8(text);
    return i64(bytes.length).raw(bytes);
  }

  private static byte[] utf8(String text) {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          Printable.quote(text) + " holds half a surrogate pair and has no UTF-8", e);
    }
  }

  /**
   * A value without its type.
   *
   * @throws IllegalArgumentException if the value is not of the type, as in {@link Metadata}, or
   *     not in its range
   */
  Encoder value(ValueType type, Object value) {
    if (!type.holds(value)) {
      throw new IllegalArgumentException(
          "a value of type " + type.label() + " cannot be " + value.getClass().getSimpleName());
    }
    return switch (value) {
      case BigInteger wide -> i64(wide.longValue());
      case String text -> string(text);
      case MetadataArray array -> array(array);
      case Boolean flag -> integer(flag ? 1 : 0, 1);
      case Float number -> i32(Float.floatToRawIntBits(number));
      case Double number -> i64(Double.doubleToRawLongBits(number));
      case Number number -> integer(inRange(type, number.longValue()), type.minBytes());
      default -> throw new IllegalArgumentException(type.label());
    };
  }

  private static long inRange(ValueType type, long value) {
    if (value < type.min() || value > type.max()) {
      throw new IllegalArgumentException(value + " is no value of type " + type.label());
    }
    return value;
  }

  private Encoder array(MetadataArray array) {
    i32(array.elementType()).i64(array.size());
    for (Object value : array.values()) {
      value(array.type(), value);
    }
    return this;
  }
}
