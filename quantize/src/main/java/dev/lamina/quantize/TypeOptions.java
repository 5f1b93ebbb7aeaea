package dev.lamina.quantize;

import dev.lamina.kernels.TensorType;
import java.util.List;

/**
 * Which types tensors get.
 *
 * @param pure all matrices get the mix' main type
 * @param keepOutput output.weight keeps its type
 * @param output type of output.weight, or null: as the mix says
 * @param embedding type of the token embedding, or null: as the mix says
 * @param tensors types of some tensors; the first that fits a name counts
 */
public record TypeOptions(
    QuantizeType type,
    boolean pure,
    boolean keepOutput,
    TensorType output,
    TensorType embedding,
    List<TypeOverride> tensors) {

  public TypeOptions {
    tensors = List.copyOf(tensors);
    if (type.ends() != null) {
      output = output == null ? type.ends() : output;
      embedding = embedding == null ? type.ends() : embedding;
    }
  }

  /** As the type says. */
  public static TypeOptions of(QuantizeType type) {
    return new TypeOptions(type, false, false, null, null, List.of());
  }
}
