package dev.lamina.quantize;

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
  private final boolean twoBits;
  private final Map<Role, LayerRule> rules;
  private final Map<Role, LayerRule> eightExperts;
  private final Map<Role, LayerRule> falcon;
  private final TensorType experts;

  /**
   * @param base type of the matrices without a rule
   * @param twoBits is a mix of one to two bits, which treats large models and experts differently
   * @param eightExperts rules that replace others in models of eight experts
   * @param falcon rules that replace others in models of that architecture
   * @param experts type of the matrices of experts; null: by the rules
   */
  FileType(
      String name,
      int id,
      TensorType base,
      boolean twoBits,
      Map<Role, LayerRule> rules,
      Map<Role, LayerRule> eightExperts,
      Map<Role, LayerRule> falcon,
      TensorType experts) {
    this.name = name;
    this.id = id;
    this.base = base;
    this.twoBits = twoBits;
    this.rules = rules;
    this.eightExperts = eightExperts;
    this.falcon = falcon;
    this.experts = experts;
  }

  static FileType pure(TensorType type, int id) {
    return new FileType(PURE + type, id, type, true, Map.of(), Map.of(), Map.of(), null);
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

  /** Type of the matrices without a rule. */
  TensorType base() {
    return base;
  }

  /** Type of matrices of experts, of three dimensions; null: as the rules say. */
  TensorType experts() {
    return experts;
  }

  /** Whether the layer of an expert's matrix is told by its name, not by counting matrices. */
  boolean countsLayersByName() {
    return !twoBits;
  }

  /** Whether llama.cpp makes it only with an importance matrix. */
  public boolean needsImportance() {
    return needsImportance(base);
  }

  /** Whether llama.cpp quantizes a matrix inside a layer to this type only with an importance. */
  boolean needsImportance(TensorType type) {
    return switch (type) {
      case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS -> true;
      case Q2_K -> name.equals("Q2_K_S");
      default -> false;
    };
  }

  /**
   * The type of a matrix.
   *
   * @param layer index, ignored for the embedding and the output
   * @param columns the row length, which decides whether the wanted type is possible
   */
  public TensorType typeOf(Role role, int layer, ModelTraits model, long columns) {
    return typeOf(role, layer, model.nLayers(), model, columns);
  }

  /** The same, where only {@code nLayers} have such a matrix and {@code layer} counts these. */
  TensorType typeOf(Role role, int layer, int nLayers, ModelTraits model, long columns) {
    Role effective = role == Role.TOKEN_EMBEDDING && model.tied() ? Role.OUTPUT : role;
    LayerRule rule = rule(effective, model);
    TensorType type = rule == null ? base : rule.type(layer, nLayers, model);
    if (role == Role.ATTN_V && !twoBits && model.is70B() && model.nExperts() != 8) {
      type = raised(type);
    }
    // A mix cares for the output more than for the rest.
    boolean fits = columns % type.blockSize() == 0;
    return fits || effective != Role.OUTPUT || rule == null
        ? fitting(type, columns)
        : fitting(TensorType.Q8_0, columns);
  }

  private LayerRule rule(Role role, ModelTraits model) {
    LayerRule usual = rules.get(role);
    if (model.architecture().equals("falcon")) {
      return falcon.getOrDefault(role, usual);
    }
    return model.nExperts() == 8 ? eightExperts.getOrDefault(role, usual) : usual;
  }

  private static TensorType raised(TensorType type) {
    return type == TensorType.Q3_K || type == TensorType.Q4_K ? TensorType.Q5_K : type;
  }

  /** The type, or llama.cpp's substitute if the rows are not a whole number of blocks. */
  static TensorType fitting(TensorType type, long columns) {
    if (columns % type.blockSize() == 0) {
      return type;
    }
    TensorType smaller =
        switch (type) {
          case TQ1_0, TQ2_0, Q1_0, Q2_0, Q2_K, Q3_K -> TensorType.Q4_0;
          case Q4_K -> TensorType.Q5_0;
          case Q5_K -> TensorType.Q5_1;
          case Q6_K -> TensorType.Q8_0;
          default -> TensorType.IQ4_NL;
        };
    return columns % smaller.blockSize() == 0 ? smaller : TensorType.F16;
  }

  @Override
  public String toString() {
    return name;
  }
}
