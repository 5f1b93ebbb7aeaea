package dev.lamina.gguf;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the key-value part of a header. */
final class ValueReader {
  private static final int MAX_KEY_BYTES = 65_535;
  private static final int MAX_DEPTH = 8;

  /** An empty key, a type, a value of one byte. */
  static final int MIN_ENTRY_BYTES = 8 + 4 + 1;

  private final Cursor cursor;

  ValueReader(Cursor cursor) {
    this.cursor = cursor;
  }

  /**
   * @param source the file's name, for the metadata's own messages
   */
  Metadata read(String source, int count) {
    Map<String, Object> values = new LinkedHashMap<>();
    Map<String, ValueType> types = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      cursor.subject("metadata key number " + (i + 1) + " of " + count);
      String key = cursor.string();
      cursor.subject("metadata key " + Printable.quote(key));
      if (key.length() > MAX_KEY_BYTES) {
        throw cursor.error("expected a key of at most " + MAX_KEY_BYTES + " bytes");
      }
      if (types.containsKey(key)) {
        throw cursor.error("occurs twice, expected unique keys");
      }
      ValueType type = type();
      types.put(key, type);
      values.put(key, value(type, 0));
    }
    return new Metadata(source, values, types, cursor.warnings());
  }

  private ValueType type() {
    int id = cursor.i32();
    ValueType type = ValueType.byId(id);
    if (type == null) {
      throw cursor.error(
          "unknown value type " + Integer.toUnsignedString(id) + ", expected 0 to 12");
    }
    return type;
  }

  private Object value(ValueType type, int depth) {
    return switch (type) {
      case U8 -> (short) (cursor.i8() & 0xFF);
      case I8 -> (byte) cursor.i8();
      case U16 -> cursor.i16() & 0xFFFF;
      case I16 -> (short) cursor.i16();
      case U32 -> cursor.i32() & 0xFFFF_FFFFL;
      case I32 -> cursor.i32();
      case U64 -> ValueType.unsigned(cursor.i64());
      case I64 -> cursor.i64();
      case F32 -> Float.intBitsToFloat(cursor.i32());
      case F64 -> Double.longBitsToDouble(cursor.i64());
      case BOOL -> bool();
      case STRING -> cursor.string();
      case ARRAY -> array(depth + 1);
    };
  }

  private boolean bool() {
    int value = cursor.i8();
    if ((value & ~1) != 0) {
      cursor.warn("a boolean is the byte " + (value & 0xFF) + ", read as true");
    }
    return value != 0;
  }

  private MetadataArray array(int depth) {
    if (depth > MAX_DEPTH) {
      throw cursor.error("arrays are nested more than " + MAX_DEPTH + " deep");
    }
    ValueType type = type();
    int count = cursor.count("elements of type " + type.label(), type.minBytes());
    List<?> values =
        switch (type) {
          case STRING -> cursor.strings(count);
          case ARRAY -> arrays(count, depth);
          default -> packed(type, count);
        };
    return new MetadataArray(type, values);
  }

  private List<?> packed(ValueType type, int count) {
    if (count == 0) {
      return List.of();
    }
    PackedValues values = new PackedValues(type, cursor.bytes((long) count * type.minBytes()));
    if (values.firstOddBoolean() >= 0) {
      cursor.warn("has booleans other than 0 and 1, read as true");
    }
    return values;
  }

  private List<MetadataArray> arrays(int count, int depth) {
    String outer = cursor.subject();
    MetadataArray[] arrays = new MetadataArray[count];
    for (int i = 0; i < count; i++) {
      cursor.subject(outer + "[" + i + "]");
      arrays[i] = array(depth + 1);
    }
    cursor.subject(outer);
    return Collections.unmodifiableList(Arrays.asList(arrays));
  }
}
