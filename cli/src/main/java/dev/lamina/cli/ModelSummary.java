package dev.lamina.cli;

import dev.lamina.engine.gguf.GgufFile;
import dev.lamina.engine.gguf.GgufFormatException;
import dev.lamina.engine.gguf.GgufTensor;
import dev.lamina.engine.gguf.UnsupportedModelException;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.kernels.TensorType;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a model file holds, added up.
 *
 * @param architecture value of {@code general.architecture}, or null
 * @param name value of {@code general.name}, or null
 * @param contextLength positions that the model was trained for, or null
 * @param parameters elements of all tensors
 * @param bytes of all tensors
 * @param types by bytes, the largest first
 * @param problem why the model cannot be run, or null
 */
record ModelSummary(
    String architecture,
    String name,
    Integer contextLength,
    long parameters,
    long bytes,
    List<TypeShare> types,
    String problem) {

  /**
   * The tensors of one type.
   *
   * @param tensors how many
   */
  record TypeShare(TensorType type, int tensors, long parameters, long bytes) {
    private TypeShare plus(GgufTensor tensor) {
      return new TypeShare(
          type, tensors + 1, parameters + elements(tensor), bytes + tensor.byteSize());
    }
  }

  static ModelSummary of(GgufFile file) {
    Collection<GgufTensor> tensors = file.tensors().values();
    Map<TensorType, TypeShare> shares = new EnumMap<>(TensorType.class);
    for (GgufTensor tensor : tensors) {
      shares.put(
          tensor.type(),
          shares.getOrDefault(tensor.type(), new TypeShare(tensor.type(), 0, 0, 0)).plus(tensor));
    }
    List<TypeShare> types =
        shares.values().stream()
            .sorted(Comparator.comparingLong(TypeShare::bytes).reversed())
            .toList();
    String architecture = text(file, "general.architecture");
    return new ModelSummary(
        architecture,
        text(file, "general.name"),
        file.metadata().get(architecture + ".context_length") instanceof Number n
            ? (Integer) n.intValue()
            : null,
        types.stream().mapToLong(TypeShare::parameters).sum(),
        types.stream().mapToLong(TypeShare::bytes).sum(),
        types,
        problem(file));
  }

  static long elements(GgufTensor tensor) {
    return tensor.columns() * tensor.rows();
  }

  /** Size of an element, its share of the block's scales included. */
  static double bitsPerWeight(long bytes, long parameters) {
    return parameters == 0 ? 0 : 8.0 * bytes / parameters;
  }

  private static String text(GgufFile file, String key) {
    return file.metadata().get(key) instanceof String text ? text : null;
  }

  private static String problem(GgufFile file) {
    try {
      Model.load(file, RopeOverrides.none());
      return null;
    } catch (GgufFormatException | UnsupportedModelException e) {
      return e.getMessage();
    }
  }
}
