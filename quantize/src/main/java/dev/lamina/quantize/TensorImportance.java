package dev.lamina.quantize;

import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.Printable;
import dev.lamina.quantize.QuantizeException.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks up the importance of a model's tensors and checks it. */
final class TensorImportance {
  private final ImportanceMatrix matrix;
  private final String file;

  /**
   * @param matrix or null: there is none
   * @param file name for messages
   */
  TensorImportance(ImportanceMatrix matrix, String file) {
    this.matrix = matrix;
    this.file = file;
  }

  /**
   * Importance of a tensor's columns, [experts, columns], or null if there is none.
   *
   * @throws QuantizeException if it is that of a tensor of another size
   */
  float[][] of(GgufTensor tensor) {
    ImportanceMatrix.Entry entry = matrix == null ? null : matrix.entries().get(tensor.name());
    if (entry == null) {
      return null;
    }
    int experts = tensor.shape().size() < 3 ? 1 : Math.toIntExact(tensor.shape().get(2));
    if (entry.size() != tensor.columns() * experts) {
      if (Role.of(tensor.name()) == Role.TOKEN_EMBEDDING) {
        return null; // look-ups multiply with no activation, so what is there means nothing
      }
      throw new QuantizeException(
          "%s is of another model: it has %d values for tensor %s, which needs %d"
              .formatted(
                  Printable.escape(file),
                  entry.size(),
                  Printable.quote(tensor.name()),
                  tensor.columns() * experts));
    }
    float[] all = entry.importance();
    float[][] result = new float[experts][];
    int columns = all.length / experts;
    for (int i = 0; i < experts; i++) {
      result[i] = Arrays.copyOfRange(all, i * columns, (i + 1) * columns);
    }
    return result;
  }

  /** Which expert's importance is that of a row. */
  static int expert(GgufTensor tensor, long row, float[][] importance) {
    return importance.length == 1 ? 0 : (int) (row / tensor.shape().get(1) % importance.length);
  }

  /**
   * Checks that types which are of no use without an importance have one.
   *
   * @return lines on what the user may want to know
   * @throws QuantizeException if one is missing, or is that of another model
   */
  List<String> check(FileType mix, List<PlannedTensor> plan) {
    List<String> missing = new ArrayList<>();
    int found = 0;
    for (PlannedTensor tensor : plan) {
      if (tensor.converts() && tensor.type().blockSize() > 1) {
        if (of(tensor.source()) != null) {
          found++;
        } else if (isNeeded(mix, tensor)) {
          throw new QuantizeException(
              matrix == null ? Reason.NO_IMPORTANCE : Reason.MODEL, missing(tensor));
        } else if (!isOutside(tensor)) {
          missing.add(tensor.name());
        }
      }
    }
    if (matrix == null) {
      return List.of();
    }
    if (found == 0 && !missing.isEmpty()) {
      throw new QuantizeException(
          Printable.escape(file) + " is of another model: it has none of this model's tensors");
    }
    Set<String> known = plan.stream().map(PlannedTensor::name).collect(Collectors.toSet());
    List<String> unknown =
        matrix.entries().keySet().stream().filter(name -> !known.contains(name)).toList();
    List<String> notes = new ArrayList<>();
    if (!missing.isEmpty()) {
      notes.add("the importance matrix lacks " + count(missing));
    }
    if (!unknown.isEmpty()) {
      notes.add(
          "the importance matrix may be of another model: it has "
              + count(unknown)
              + " that this model lacks");
    }
    return notes;
  }

  private static String count(List<String> names) {
    String first = Printable.quote(names.getFirst());
    return names.size() == 1 ? first : names.size() + " tensors (" + first + " ...)";
  }

  private String missing(PlannedTensor tensor) {
    String name = Printable.quote(tensor.name());
    return matrix == null
        ? "tensor " + name + " becomes " + tensor.type() + ", which needs an importance matrix"
        : "tensor "
            + name
            + " becomes "
            + tensor.type()
            + ", which needs its importance, and "
            + Printable.escape(file)
            + " has none; make an importance matrix from more text, or choose a type with more bits";
  }

  private static boolean isNeeded(FileType mix, PlannedTensor tensor) {
    return !isOutside(tensor) && mix != null && mix.needsImportance(tensor.type());
  }

  /** Whether the tensor is outside of the layers, where activations are not recorded. */
  private static boolean isOutside(PlannedTensor tensor) {
    Role role = Role.of(tensor.name());
    return role == Role.OUTPUT || role == Role.TOKEN_EMBEDDING;
  }
}
