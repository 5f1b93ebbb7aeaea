package dev.lamina.engine.model;

import dev.lamina.gguf.GgufFormatException;
import dev.lamina.gguf.Metadata;
import dev.lamina.gguf.MetadataArray;
import dev.lamina.gguf.UnsupportedModelException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The keys {@code ARCH.name} of a file, by name. A list with one value per layer counts as a single
 * value if all are equal. A number may have any type that holds its value. Remembers which keys
 * were read.
 */
final class Hyperparameters {
  private final Metadata metadata;
  private final String prefix;
  private final Set<String> read = new HashSet<>();

  Hyperparameters(Metadata metadata, String architecture) {
    this.metadata = metadata;
    this.prefix = architecture + ".";
  }

  Metadata metadata() {
    return metadata;
  }

  String key(String name) {
    return prefix + name;
  }

  /** Names of all keys of the architecture, in the order of the file. */
  List<String> names() {
    return metadata.keys().stream()
        .filter(key -> key.startsWith(prefix))
        .map(key -> key.substring(prefix.length()))
        .toList();
  }

  boolean contains(String name) {
    return metadata.contains(key(name));
  }

  /** Whether the value of this key was asked for. */
  boolean wasRead(String name) {
    return read.contains(name);
  }

  /**
   * A required integer.
   *
   * @throws GgufFormatException if it is missing or no integer
   */
  int integer(String name) {
    return one(name).integer(key(name));
  }

  int integer(String name, int orElse) {
    return contains(name) ? integer(name) : orElse;
  }

  /**
   * A required number.
   *
   * @throws GgufFormatException if it is missing or no number
   */
  float floating(String name) {
    return one(name).floating(key(name));
  }

  float floating(String name, float orElse) {
    return contains(name) ? floating(name) : orElse;
  }

  String string(String name, String orElse) {
    return contains(name) ? one(name).string(key(name)) : orElse;
  }

  /** The metadata with this key as a single value. */
  private Metadata one(String name) {
    read.add(name);
    String key = key(name);
    Object value = metadata.get(key);
    if (value instanceof MetadataArray array) {
      return new Metadata(metadata.source(), Map.of(key, whole(common(key, array))));
    }
    return value instanceof Float || value instanceof Double
        ? new Metadata(metadata.source(), Map.of(key, whole(value)))
        : metadata;
  }

  /** A whole number as an integer, which any getter takes. */
  private static Object whole(Object value) {
    if (value instanceof Float || value instanceof Double) {
      double number = ((Number) value).doubleValue();
      if (number == Math.rint(number) && Math.abs(number) <= Integer.MAX_VALUE) {
        return (int) number;
      }
    }
    return value;
  }

  private Object common(String key, MetadataArray array) {
    List<?> values = array.values();
    if (values.isEmpty()) {
      throw ConfigReader.invalid(metadata, key, "an empty array", "a number");
    }
    for (Object value : values) {
      if (!value.equals(values.getFirst())) {
        throw new UnsupportedModelException(
            metadata.source()
                + ": metadata key "
                + key
                + " differs from layer to layer ("
                + values.getFirst()
                + ", "
                + value
                + "), which is not supported yet");
      }
    }
    return values.getFirst();
  }
}
