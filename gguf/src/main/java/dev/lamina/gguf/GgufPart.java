package dev.lamina.gguf;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One file of a model; the only one unless the model is split.
 *
 * @param name path of the file as opened, fit for messages
 * @param version of the format, 2 or 3
 * @param bytes size of the file
 * @param alignment in bytes, of every tensor's offset
 * @param dataOffset in bytes, where tensor data starts
 * @param metadata of this file
 * @param table of the tensors, in the order of the file
 * @param tensors those that can be read by name, in the order of the file
 */
public record GgufPart(
    String name,
    int version,
    long bytes,
    long alignment,
    long dataOffset,
    Metadata metadata,
    List<TensorEntry> table,
    Map<String, GgufTensor> tensors) {

  GgufPart(
      String name,
      int version,
      long bytes,
      long alignment,
      long dataOffset,
      Metadata metadata,
      List<TensorEntry> table) {
    this(name, version, bytes, alignment, dataOffset, metadata, table, readable(table));
  }

  private static Map<String, GgufTensor> readable(List<TensorEntry> table) {
    Map<String, GgufTensor> tensors = new LinkedHashMap<>();
    for (TensorEntry entry : table) {
      if (entry.tensor() != null) {
        tensors.put(entry.name(), entry.tensor());
      }
    }
    return Collections.unmodifiableMap(tensors);
  }

  /** With the user's values of metadata keys. */
  GgufPart with(Metadata changed) {
    return new GgufPart(name, version, bytes, alignment, dataOffset, changed, table, tensors);
  }
}
