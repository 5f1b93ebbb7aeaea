package dev.lamina.gguf;

import java.math.BigInteger;
import java.util.Map;

/** The types that a metadata value can have in a GGUF file; ids and names are GGUF's. */
public enum ValueType {
  U8(0, "u8", 1),
  I8(1, "i8", 1),
  U16(2, "u16", 2),
  I16(3, "i16", 2),
  U32(4, "u32", 4),
  I32(5, "i32", 4),
  F32(6, "f32", 4),
  BOOL(7, "bool", 1),
  STRING(8, "str", 8),
  ARRAY(9, "arr", 12),
  U64(10, "u64", 8),
  I64(11, "i64", 8),
  F64(12, "f64", 8);

  private static final ValueType[] BY_ID = values();

  private static final Map<Class<?>, ValueType> BY_CLASS =
      Map.of(
          Byte.class, I8,
          Short.class, I16,
          Integer.class, I32,
          BigInteger.class, U64,
          Float.class, F32,
          Double.class, F64,
          Boolean.class, BOOL,
          String.class, STRING,
          MetadataArray.class, ARRAY);

  private final int id;
  private final String label;
  private final int minBytes;

  ValueType(int id, String label, int minBytes) {
    this.id = id;
    this.label = label;
    this.minBytes = minBytes;
  }

  /** The type with this id or null. */
  static ValueType byId(int id) {
    return id < 0 || id >= BY_ID.length ? null : BY_ID[id];
  }

  /** The number that stands for this type in a file. */
  public int id() {
    return id;
  }

  /** What `gguf` tools call it, such as {@code u32} or {@code str}. */
  public String label() {
    return label;
  }

  /** Bytes of a value in a file; of strings and arrays, those of an empty one. */
  int minBytes() {
    return minBytes;
  }

  /** Whether every value has {@link #minBytes()}. */
  boolean isFixedSize() {
    return this != STRING && this != ARRAY;
  }

  /** Whether it is a type of whole numbers. */
  public boolean isInteger() {
    return switch (this) {
      case U8, I8, U16, I16, U32, I32, U64, I64 -> true;
      case F32, F64, BOOL, STRING, ARRAY -> false;
    };
  }

  /** The smallest value of an integer type. */
  public long min() {
    return switch (this) {
      case U8, U16, U32, U64 -> 0;
      case I8 -> Byte.MIN_VALUE;
      case I16 -> Short.MIN_VALUE;
      case I32 -> Integer.MIN_VALUE;
      case I64 -> Long.MIN_VALUE;
      case F32, F64, BOOL, STRING, ARRAY -> throw new IllegalStateException(label);
    };
  }

  /** The largest value of an integer type that fits a long. */
  public long max() {
    return switch (this) {
      case U8 -> 0xFF;
      case I8 -> Byte.MAX_VALUE;
      case U16 -> 0xFFFF;
      case I16 -> Short.MAX_VALUE;
      case U32 -> 0xFFFF_FFFFL;
      case I32 -> Integer.MAX_VALUE;
      case U64, I64 -> Long.MAX_VALUE;
      case F32, F64, BOOL, STRING, ARRAY -> throw new IllegalStateException(label);
    };
  }

  /** Whether a value of {@link Metadata} has the class for this type; its range is not checked. */
  boolean holds(Object value) {
    return javaType().isInstance(value)
        || this == U64
            && value instanceof BigInteger wide
            && wide.signum() > 0
            && wide.bitLength() == Long.SIZE;
  }

  /** A value of type U64 as {@link Metadata} has it. */
  static Object unsigned(long bits) {
    return bits >= 0 ? (Object) bits : new BigInteger(Long.toUnsignedString(bits));
  }

  private Class<?> javaType() {
    return switch (this) {
      case I8 -> Byte.class;
      case U8, I16 -> Short.class;
      case U16, I32 -> Integer.class;
      case U32, U64, I64 -> Long.class;
      case F32 -> Float.class;
      case F64 -> Double.class;
      case BOOL -> Boolean.class;
      case STRING -> String.class;
      case ARRAY -> MetadataArray.class;
    };
  }

  /** The default type to write a value as: a Long that fits becomes U32. */
  static ValueType of(Object value) {
    if (value instanceof Long number) {
      return number >= 0 && number <= U32.max() ? U32 : I64;
    }
    ValueType type = BY_CLASS.get(value.getClass());
    if (type == null) {
      throw new IllegalArgumentException(value.getClass() + " is no type of a metadata value");
    }
    return type;
  }
}
