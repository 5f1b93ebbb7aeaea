package dev.lamina.gguf;

import java.util.List;

/**
 * An array value of GGUF metadata.
 *
 * @param elementType id of the elements' {@link ValueType}: 0 u8, 1 i8, 2 u16, 3 i16, 4 u32, 5 i32,
 *     6 f32, 7 bool, 8 string, 9 array, 10 u64, 11 i64, 12 f64
 * @param values one object per element, as in {@link Metadata}
 */
public record MetadataArray(int elementType, List<?> values) {
  /**
   * @throws IllegalArgumentException if there is no such type or a value is not of it
   */
  public MetadataArray {
    ValueType type = ValueType.byId(elementType);
    if (type == null) {
      throw new IllegalArgumentException("no value type has the id " + elementType);
    }
    if (!(values instanceof PackedValues packed && packed.type() == type)
        && !(values instanceof TextArray && type == ValueType.STRING)) {
      for (Object value : values) {
        if (!type.holds(value)) {
          throw new IllegalArgumentException(
              "an array of " + type.label() + " cannot hold " + value);
        }
      }
    }
  }

  public MetadataArray(ValueType type, List<?> values) {
    this(type.id(), values);
  }

  public ValueType type() {
    return ValueType.byId(elementType);
  }

  public int size() {
    return values.size();
  }

  /** Such as {@code arr[str,151936]}. */
  public String typeName() {
    return "arr[" + type().label() + "," + size() + "]";
  }
}
