package dev.lamina.cli;

import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.kernels.TensorType;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the types of the KV cache, spelled as in llama.cpp; iterates over their names. */
final class CacheTypes implements ITypeConverter<TensorType>, Iterable<String> {
  @Override
  public TensorType convert(String text) {
    TensorType type = find(text);
    if (type == null) {
      throw new TypeConversionException(
          "expected one of %s (case-insensitive) but was '%s'".formatted(names(), text));
    }
    return type;
  }

  @Override
  public Iterator<String> iterator() {
    return names().iterator();
  }

  /** The type of a name, null if there is none. */
  static TensorType find(String name) {
    for (TensorType type : RuntimeConfig.cacheTypes()) {
      if (type.name().equalsIgnoreCase(name)) {
        return type;
      }
    }
    return null;
  }

  static List<String> names() {
    List<String> names = new ArrayList<>();
    for (TensorType type : RuntimeConfig.cacheTypes()) {
      names.add(type.name().toLowerCase(Locale.ROOT));
    }
    return names;
  }
}
