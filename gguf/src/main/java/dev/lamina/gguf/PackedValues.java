package dev.lamina.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;

/** The elements of a metadata array of numbers or booleans, kept as the bytes of the file. */
final class PackedValues extends AbstractList<Object> implements RandomAccess {
  private final ValueType type;
  private final ByteBuffer bytes;

  /**
   * @param type of fixed size
   * @param bytes little-endian, a multiple of the type's size
   */
  PackedValues(ValueType type, byte[] bytes) {
    this.type = type;
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  ValueType type() {
    return type;
  }

  @Override
  public int size() {
    return bytes.capacity() / type.minBytes();
  }

  @Override
  public Object get(int index) {
    int at = Objects.checkIndex(index, size()) * type.minBytes();
    return switch (type) {
      case I8 -> bytes.get(at);
      case U8 -> (short) (bytes.get(at) & 0xFF);
      case I16 -> bytes.getShort(at);
      case U16 -> bytes.getShort(at) & 0xFFFF;
      case I32 -> bytes.getInt(at);
      case U32 -> bytes.getInt(at) & 0xFFFF_FFFFL;
      case I64 -> bytes.getLong(at);
      case U64 -> ValueType.unsigned(bytes.getLong(at));
      case F32 -> bytes.getFloat(at);
      case F64 -> bytes.getDouble(at);
      case BOOL -> bytes.get(at) != 0;
      case STRING, ARRAY -> throw new IllegalStateException(type.label());
    };
  }

  /** All values of type I32. */
  int[] ints() {
    int[] result = new int[size()];
    bytes.asIntBuffer().get(result);
    return result;
  }

  /** All values of type F32. */
  float[] floats() {
    float[] result = new float[size()];
    bytes.asFloatBuffer().get(result);
    return result;
  }

  /** The first index whose value is a boolean other than 0 and 1, or -1. */
  int firstOddBoolean() {
    if (type == ValueType.BOOL) {
      for (int i = 0; i < bytes.capacity(); i++) {
        if ((bytes.get(i) & ~1) != 0) {
          return i;
        }
      }
    }
    return -1;
  }
}
