package dev.lamina.bench.synthetic;

import dev.lamina.kernels.TensorType;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which type each matrix of a file has: one of llama.cpp's mixes ({@code Q4_K_M}: some matrices in
 * more bits) or one type for all of them ({@code pure-Q4_K}).
 */
public final class FileType {
  private static final String PURE = "pure-";

  private final String name;
  private final int id;
  private final TensorType base;
  private final Map<Role, LayerRule> rules;

  private FileType(String name, int id, TensorType base, Map<Role, LayerRule> rules) {
    this.name = name;
    this.id = id;
    this.base = base;
    this.rules = Map.copyOf(rules);
  }

  /**
   * @param base type of the matrices without a rule
   */
  static FileType mix(String name, int id, TensorType base, Map<Role, LayerRule> rules) {
    return new FileType(name, id, base, rules);
  }

  static FileType pure(TensorType type, int id) {
    return new FileType(PURE + type, id, type, Map.of());
  }

  /**
   * @param name in upper or lower case
   * @throws IllegalArgumentException if there is no such type; the message lists them
   */
  public static FileType of(String name) {
    return FileTypes.all()
        .filter(type -> type.name.equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no file type '"
                    + name
                    + "'; there are "
                    + FileTypes.all().map(FileType::name).collect(Collectors.joining(", "))));
  }

  public String name() {
    return name;
  }

  /** GGUF's {@code general.file_type}; of a pure type, that of a mix built on it. */
  public int id() {
    return id;
  }

  /**
   * @param layer index, ignored for the embedding and the output
   * @param columns the row length, which decides whether the wanted type is possible
   */
  TensorType typeOf(Role role, int layer, ModelShape shape, long columns) {
    Role effective = role == Role.TOKEN_EMBEDDING && shape.tied() ? Role.OUTPUT : role;
    LayerRule rule = rules.get(effective);
    TensorType type = rule == null ? base : rule.type(layer, shape);
    if (columns % type.blockSize() == 0) {
      return type;
    }
    // A mix cares for the output more than for the rest.
    TensorType smaller =
        effective == Role.OUTPUT && rule != null ? TensorType.Q8_0 : withSmallBlocks(type);
    return columns % smaller.blockSize() == 0 ? smaller : TensorType.F16;
  }

  /** What llama.cpp takes where rows are no whole number of blocks of 256. */
  private static TensorType withSmallBlocks(TensorType type) {
    return switch (type) {
      case TQ1_0, TQ2_0, Q2_K, Q3_K -> TensorType.Q4_0;
      case Q4_K -> TensorType.Q5_0;
      case Q5_K -> TensorType.Q5_1;
      case Q6_K -> TensorType.Q8_0;
      default -> TensorType.IQ4_NL;
    };
  }

  @Override
  public String toString() {
    return name;
  }
}
