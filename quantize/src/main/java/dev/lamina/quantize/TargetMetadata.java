package dev.lamina.quantize;

import dev.lamina.gguf.GgufWriter;
import dev.lamina.gguf.KeyOverride;
import dev.lamina.gguf.Metadata;
import dev.lamina.gguf.Printable;
import dev.lamina.gguf.ValueType;
import dev.lamina.quantize.QuantizeException.Reason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The metadata of a quantized file, in llama.cpp's order: replaced keys go to the end. */
final class TargetMetadata {
  private static final String FILE_TYPE = "general.file_type";

  /** Of the block layouts, the same since 2023. */
  private static final long QUANTIZATION_VERSION = 2;

  /** File types Q4_0_4_4 to Q4_0_8_8. */
  private static final long FIRST_INTERLEAVED = 33;

  private static final long LAST_INTERLEAVED = 35;
  private static final long Q4_0 = 2;

  private TargetMetadata() {}

  /**
   * The model's metadata with the user's keys.
   *
   * @throws QuantizeException if a number is out of the range of the type that the file has
   */
  static Metadata overridden(Metadata source, List<KeyOverride> keys) {
    Map<String, Object> values = new HashMap<>();
    source.keys().forEach(key -> values.put(key, source.get(key)));
    keys.forEach(key -> {
      requireInRange(key, source.type(key.key()));
      values.put(key.key(), key.value());
    });
    return new Metadata(source.source(), values);
  }

  /**
   * @param type that the key has in the file; null if it is not there
   */
  private static void requireInRange(KeyOverride key, ValueType type) {
    if (key.type() != ValueType.I64 || type == null || !type.isInteger()) {
      return; // u32, as converters write numbers, whatever the file has
    }
    long value = (Long) key.value();
    if (value < type.min() || value > type.max()) {
      throw new QuantizeException(
          Reason.KEYS,
          "%s: %d is out of range; the file has a number of %s, from %d to %d"
              .formatted(Printable.quote(key.key()), value, type.label(), type.min(), type.max()));
    }
  }

  /**
   * @param changed values of the model's keys that are not the source's
   * @throws QuantizeException if a key cannot have the user's value
   */
  static void put(
      GgufWriter writer, Metadata source, QuantizeOptions options, Map<String, Object> changed) {
    writer.putUnsplit(source);
    changed.forEach((key, value) -> writer.put(key, value));
    replace(writer, "general.quantization_version", ValueType.U32, QUANTIZATION_VERSION);
    FileType mix = options.types().type().mix();
    if (mix != null) {
      replace(writer, FILE_TYPE, ValueType.U32, (long) mix.id());
    } else if (source.contains(FILE_TYPE)) {
      replace(writer, FILE_TYPE, ValueType.U32, fileType(source));
    }
    for (KeyOverride key : options.keys()) {
      try {
        replace(writer, key.key(), key.type(), key.value());
      } catch (IllegalArgumentException e) {
        throw new QuantizeException(
            Reason.KEYS, Printable.quote(key.key()) + ": " + e.getMessage(), e);
      }
    }
    if (options.importance() != null) {
      putImportance(writer, options);
    }
  }

  /** Files of the old interleaved types are written in Q4_0. */
  private static long fileType(Metadata source) {
    long id = source.wide(FILE_TYPE);
    return id >= FIRST_INTERLEAVED && id <= LAST_INTERLEAVED ? Q4_0 : id;
  }

  private static void putImportance(GgufWriter writer, QuantizeOptions options) {
    ImportanceMatrix matrix = options.importance();
    replace(writer, "quantize.imatrix.file", ValueType.STRING, options.importanceFile());
    if (!matrix.datasets().isEmpty()) {
      String dataset = matrix.datasets().getFirst();
      replace(writer, "quantize.imatrix.dataset", ValueType.STRING, dataset);
    }
    long entries = matrix.entries().size();
    replace(writer, "quantize.imatrix.entries_count", ValueType.U32, entries);
    if (matrix.chunkCount() > 0) {
      replace(writer, "quantize.imatrix.chunks_count", ValueType.U32, matrix.chunkCount());
    }
  }

  private static void replace(GgufWriter writer, String key, ValueType type, Object value) {
    writer.remove(key).put(key, type, value);
  }
}
