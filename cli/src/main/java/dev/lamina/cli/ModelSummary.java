package dev.lamina.cli;

import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.gguf.FileKind;
import dev.lamina.gguf.FileTypeName;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufFormatException;
import dev.lamina.gguf.TensorEntry;
import dev.lamina.gguf.UnsupportedModelException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A summary of a model file.
 *
 * @param kind what it is
 * @param architecture value of {@code general.architecture}, or null
 * @param name value of {@code general.name}, or null
 * @param contextLength positions that the model was trained for, or null
 * @param fileType number and name of {@code general.file_type}, or null
 * @param parameters elements of all tensors
 * @param bytes of all tensors in the file
 * @param types by bytes, the largest first
 * @param problem why the model cannot be run, or null
 */
record ModelSummary(
    FileKind kind,
    String architecture,
    String name,
    Integer contextLength,
    String fileType,
    long parameters,
    long bytes,
    List<TypeShare> types,
    String problem) {

  /**
   * The tensors of one type.
   *
   * @param type its name in the file
   * @param tensors how many
   */
  record TypeShare(String type, int tensors, long parameters, long bytes) {
    private TypeShare plus(TensorEntry tensor) {
      return new TypeShare(
          type, tensors + 1, parameters + tensor.elements(), bytes + tensor.bytes());
    }
  }

  static ModelSummary of(GgufFile file) {
    Map<String, TypeShare> shares = new LinkedHashMap<>();
    for (TensorEntry tensor : file.table()) {
      String type = tensor.typeName();
      shares.put(type, shares.getOrDefault(type, new TypeShare(type, 0, 0, 0)).plus(tensor));
    }
    List<TypeShare> types =
        shares.values().stream()
            .sorted(Comparator.comparingLong(TypeShare::bytes).reversed())
            .toList();
    String architecture = text(file, "general.architecture");
    return new ModelSummary(
        FileKind.of(file),
        architecture,
        text(file, "general.name"),
        file.metadata().get(architecture + ".context_length") instanceof Number n
            ? (Integer) n.intValue()
            : null,
        fileType(file),
        types.stream().mapToLong(TypeShare::parameters).sum(),
        types.stream().mapToLong(TypeShare::bytes).sum(),
        types,
        problem(file));
  }

  /** Size of an element, its share of the block's scales included. */
  static double bitsPerWeight(long bytes, long parameters) {
    return parameters == 0 ? 0 : 8.0 * bytes / parameters;
  }

  private static String text(GgufFile file, String key) {
    return file.metadata().get(key) instanceof String text ? text : null;
  }

  private static String fileType(GgufFile file) {
    return file.metadata().get("general.file_type") instanceof Number id
        ? id + " (" + FileTypeName.of(id.intValue()).longName() + ")"
        : null;
  }

  private static String problem(GgufFile file) {
    for (TensorEntry tensor : file.table()) {
      if (tensor.problem() != null && FileKind.of(file) == FileKind.LANGUAGE_MODEL) {
        return tensor.problem();
      }
    }
    try {
      Model.load(file, RopeOverrides.none());
      return null;
    } catch (GgufFormatException | UnsupportedModelException e) {
      return e.getMessage();
    }
  }
}
