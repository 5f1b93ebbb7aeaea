package dev.lamina.quantize;

import dev.lamina.gguf.GgufTensor;
import dev.lamina.kernels.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Chooses the type of each matrix so that the file fits a budget and its predictions stay close to
 * the model's. The cost of a type is estimated as its squared error, weighted by importance, times
 * the sensitivity of the predictions to errors in that tensor. The cost of a choice is the sum.
 */
public final class TypeChooser {
  /** Fast where a CPU multiplies. */
  private static final List<TensorType> FOR_CPU =
      List.of(
          TensorType.Q2_K,
          TensorType.Q3_K,
          TensorType.Q4_K,
          TensorType.Q5_K,
          TensorType.Q6_K,
          TensorType.Q8_0);

  /** Small for their quality; above 4 bits there are none but K-quants. */
  private static final List<TensorType> FOR_GPU =
      List.of(
          TensorType.IQ1_S,
          TensorType.IQ1_M,
          TensorType.IQ2_XXS,
          TensorType.IQ2_XS,
          TensorType.IQ2_S,
          TensorType.IQ3_XXS,
          TensorType.IQ3_S,
          TensorType.IQ4_XS,
          TensorType.Q5_K,
          TensorType.Q6_K,
          TensorType.Q8_0);

  private final Map<String, List<TensorType>> types = new LinkedHashMap<>();
  private final Map<String, List<Knapsack.Option>> options = new LinkedHashMap<>();
  private final Map<String, GgufTensor> tensors = new LinkedHashMap<>();

  /** Types to choose from, by where a tensor will be multiplied; null: that is not known. */
  public static List<TensorType> candidates(Boolean onGpu) {
    if (onGpu != null) {
      return onGpu ? FOR_GPU : FOR_CPU;
    }
    List<TensorType> all = new ArrayList<>(FOR_GPU);
    FOR_CPU.stream().filter(type -> !all.contains(type)).forEach(all::add);
    return all;
  }

  /** Whether a type needs an importance, and is useless for a tensor without one. */
  public static boolean needsImportance(TensorType type) {
    return switch (type) {
      case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS -> true;
      default -> false;
    };
  }

  /** Matrices that are quantized, in the order of the file. */
  public static List<GgufTensor> matrices(Iterable<GgufTensor> tensors) {
    List<GgufTensor> matrices = new ArrayList<>();
    tensors.forEach(tensor -> {
      if (Quantizable.is(tensor)) {
        matrices.add(tensor);
      }
    });
    return matrices;
  }

  /**
   * Adds a matrix.
   *
   * @param costs divergence that each type is expected to cause, in order of candidates
   */
  public void add(GgufTensor tensor, Map<TensorType, Double> costs) {
    List<TensorType> order = new ArrayList<>(costs.keySet());
    types.put(tensor.name(), order);
    tensors.put(tensor.name(), tensor);
    options.put(
        tensor.name(),
        order.stream()
            .map(type ->
                new Knapsack.Option(type.bytes(tensor.columns()) * tensor.rows(), costs.get(type)))
            .toList());
  }

  /**
   * The choice for a budget.
   *
   * @param bytes for the matrices that were added
   * @return the type of each, by name
   * @throws QuantizeException if they do not fit in any types
   */
  public Map<String, TensorType> choose(long bytes) {
    int[] chosen = Knapsack.choose(List.copyOf(options.values()), bytes);
    if (chosen == null) {
      throw new QuantizeException(
          "the smallest types take %.1f MiB, more than the %.1f MiB available for matrices; ask for a larger file"
              .formatted(smallest() / 0x1p20, bytes / 0x1p20));
    }
    Map<String, TensorType> result = new LinkedHashMap<>();
    int i = 0;
    for (var entry : types.entrySet()) {
      result.put(entry.getKey(), entry.getValue().get(chosen[i++]));
    }
    return result;
  }

  private long smallest() {
    return options.values().stream()
        .mapToLong(all -> all.stream().mapToLong(Knapsack.Option::size).min().orElse(0))
        .sum();
  }

  /** Divergence that a choice is expected to cause. */
  public double cost(Map<String, TensorType> choice) {
    double sum = 0;
    for (var entry : choice.entrySet()) {
      int i = types.get(entry.getKey()).indexOf(entry.getValue());
      sum += options.get(entry.getKey()).get(i).cost();
    }
    return sum;
  }

  /** Bytes of the matrices with a choice. */
  public long bytes(Map<String, TensorType> choice) {
    return choice.entrySet().stream()
        .mapToLong(entry -> {
          GgufTensor tensor = tensors.get(entry.getKey());
          return entry.getValue().bytes(tensor.columns()) * tensor.rows();
        })
        .sum();
  }

  /** As options of {@link QuantizePlan}, for tensors of exactly these names. */
  public static List<TypeOverride> overrides(Map<String, TensorType> choice) {
    return choice.entrySet().stream()
        .map(entry ->
            new TypeOverride(
                Pattern.compile("^" + Pattern.quote(entry.getKey()) + "$"), entry.getValue()))
        .toList();
  }
}
