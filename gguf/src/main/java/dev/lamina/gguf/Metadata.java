package dev.lamina.gguf;

import java.math.BigInteger;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The key-value metadata of a GGUF file, with getters that check the type: each throws {@link
 * GgufFormatException} naming file and key when the key is missing or of another type than asked
 * for.
 *
 * <p>Values are Byte, Short, Integer, Long (unsigned types are widened: u8 to Short, u16 to
 * Integer, u32 to Long, u64 to Long or, from 2^63, BigInteger), Float, Double, Boolean, String or
 * {@link MetadataArray}.
 */
public final class Metadata {
  private final String source;
  private final Map<String, Object> values;
  private final Map<String, ValueType> types;
  private final FileWarnings warnings;

  /**
   * @param source the file's name, for messages
   * @param values a Long that fits counts as u32, every other value as the signed type of its class
   * @throws IllegalArgumentException if a value is of no class named above
   */
  public Metadata(String source, Map<String, Object> values) {
    this(source, values, inferTypes(values), new FileWarnings());
  }

  Metadata(
      String source,
      Map<String, Object> values,
      Map<String, ValueType> types,
      FileWarnings warnings) {
    this.source = Printable.escape(source);
    this.values = Collections.unmodifiableMap(values);
    this.types = types;
    this.warnings = warnings;
  }

  private static Map<String, ValueType> inferTypes(Map<String, Object> values) {
    Map<String, ValueType> types = new HashMap<>();
    values.forEach((key, value) -> types.put(key, ValueType.of(value)));
    return types;
  }

  /** The file's name, for messages. */
  public String source() {
    return source;
  }

  /** Oddities of the file; readers of these keys add to them. */
  public FileWarnings warnings() {
    return warnings;
  }

  /** Notes something odd about a key that does not keep the model from running. */
  public void warn(String key, String what) {
    warnings.add(source + ": metadata key " + Printable.quote(key) + " " + what);
  }

  /** These keys with the user's values in place of the file's, or added at the end. */
  public Metadata with(List<KeyOverride> overrides) {
    Map<String, Object> changed = new LinkedHashMap<>(values);
    Map<String, ValueType> changedTypes = new LinkedHashMap<>(types);
    for (KeyOverride override : overrides) {
      changed.put(override.key(), override.value());
      changedTypes.put(override.key(), override.type());
    }
    return new Metadata(source, changed, changedTypes, warnings);
  }

  /** In the order of the file. */
  public Set<String> keys() {
    return values.keySet();
  }

  /** The raw value or null. */
  public Object get(String key) {
    return values.get(key);
  }

  /** The type of the value in the file, or null if there is none. */
  public ValueType type(String key) {
    return types.get(key);
  }

  /**
   * What tools call the value's type, such as {@code u32} or {@code arr[str,151936]}.
   *
   * @throws GgufFormatException if the key is missing
   */
  public String typeName(String key) {
    return require(key) instanceof MetadataArray array ? array.typeName() : types.get(key).label();
  }

  public boolean contains(String key) {
    return values.containsKey(key);
  }

  public String string(String key) {
    if (require(key) instanceof String text) {
      return text;
    }
    throw wrongType(key, "a string");
  }

  public String string(String key, String orElse) {
    return contains(key) ? string(key) : orElse;
  }

  /** Any integer type. */
  public long wide(String key) {
    return toLong(key, require(key));
  }

  public long wide(String key, long orElse) {
    return contains(key) ? wide(key) : orElse;
  }

  /** A value of any integer type that fits an int. */
  public int integer(String key) {
    return toInt(key, require(key));
  }

  public int integer(String key, int orElse) {
    return contains(key) ? integer(key) : orElse;
  }

  /** F32 or F64, or an integer. */
  public float floating(String key) {
    return toFloat(key, require(key));
  }

  public float floating(String key, float orElse) {
    return contains(key) ? floating(key) : orElse;
  }

  public boolean bool(String key, boolean orElse) {
    Object value = get(key);
    if (value == null || value instanceof Boolean) {
      return value == null ? orElse : (Boolean) value;
    }
    throw wrongType(key, "a boolean");
  }

  /** An array of strings. */
  public List<String> strings(String key) {
    MetadataArray array = array(key, "an array of strings", type -> type == ValueType.STRING);
    @SuppressWarnings("unchecked") // MetadataArray has checked the elements
    List<String> strings = (List<String>) array.values();
    return strings;
  }

  /** An array of strings, as UTF-8. */
  public TextArray texts(String key) {
    return TextArray.of(strings(key));
  }

  /** An array of any integer type, each value fitting an int. */
  public int[] integers(String key) {
    List<?> list = array(key, "an array of integers", ValueType::isInteger).values();
    if (list instanceof PackedValues packed && packed.type() == ValueType.I32) {
      return packed.ints();
    }
    int[] result = new int[list.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = toInt(key, list.get(i));
    }
    return result;
  }

  /** An array of F32, F64 or integers. */
  public float[] floats(String key) {
    List<?> list =
        array(
                key,
                "an array of numbers",
                type -> type.isInteger() || type == ValueType.F32 || type == ValueType.F64)
            .values();
    if (list instanceof PackedValues packed && packed.type() == ValueType.F32) {
      return packed.floats();
    }
    float[] result = new float[list.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = toFloat(key, list.get(i));
    }
    return result;
  }

  /** An array of booleans. */
  public boolean[] booleans(String key) {
    List<?> list = array(key, "an array of booleans", type -> type == ValueType.BOOL).values();
    boolean[] result = new boolean[list.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = (Boolean) list.get(i);
    }
    return result;
  }

  private MetadataArray array(String key, String expected, Predicate<ValueType> elements) {
    if (require(key) instanceof MetadataArray array && elements.test(array.type())) {
      return array;
    }
    throw wrongType(key, expected);
  }

  private Object require(String key) {
    Object value = values.get(key);
    if (value == null) {
      throw new GgufFormatException(
          source + ": metadata key " + Printable.quote(key) + " is missing");
    }
    return value;
  }

  private int toInt(String key, Object value) {
    long number = toLong(key, value);
    if (number != (int) number) {
      throw new GgufFormatException(
          source
              + ": metadata key "
              + Printable.quote(key)
              + " is "
              + number
              + ", expected a 32-bit integer");
    }
    return (int) number;
  }

  private long toLong(String key, Object value) {
    if (value instanceof BigInteger) {
      throw new GgufFormatException(
          source
              + ": metadata key "
              + Printable.quote(key)
              + " is "
              + value
              + ", expected at most 2^63 - 1");
    }
    if (value instanceof Number number && !isFloating(value)) {
      return number.longValue();
    }
    throw wrongType(key, "an integer");
  }

  private float toFloat(String key, Object value) {
    if (value instanceof Number number) {
      return number.floatValue();
    }
    throw wrongType(key, "a number");
  }

  private static boolean isFloating(Object value) {
    return value instanceof Float || value instanceof Double;
  }

  private GgufFormatException wrongType(String key, String expected) {
    return new GgufFormatException(
        source
            + ": metadata key "
            + Printable.quote(key)
            + " is of type "
            + typeName(key)
            + ", expected "
            + expected);
  }
}
