package dev.lamina.bench.synthetic;

import dev.lamina.kernels.TensorType;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which type each matrix of a file has: one of llama.cpp's mixes ({@code Q4_K_M}: some matrices in
 * more bits) or one type for all of them ({@code pure-Q4_K}).
 *
 * @param name as given to {@link #of}
 * @param base type of the matrices without a rule of their own
 * @param mixed the mix's rules apply
 */
public record FileType(String name, TensorType base, boolean mixed) {
  private static final String PURE = "pure-";

  private static final Map<String, TensorType> MIX_BASES =
      Map.of(
          "Q3_K_S", TensorType.Q3_K,
          "Q3_K_M", TensorType.Q3_K,
          "Q3_K_L", TensorType.Q3_K,
          "Q4_K_S", TensorType.Q4_K,
          "Q4_K_M", TensorType.Q4_K,
          "Q5_K_S", TensorType.Q5_K,
          "Q5_K_M", TensorType.Q5_K);

  /** Mixes named as their base type. */
  private static final Set<TensorType> OWN_MIX =
      EnumSet.of(
          TensorType.F32,
          TensorType.F16,
          TensorType.BF16,
          TensorType.Q4_0,
          TensorType.Q4_1,
          TensorType.Q5_0,
          TensorType.Q5_1,
          TensorType.Q8_0,
          TensorType.Q2_K,
          TensorType.Q6_K);

  /** Types that hold no weights in any file. */
  private static final Set<TensorType> NO_WEIGHTS =
      EnumSet.of(
          TensorType.Q8_1,
          TensorType.Q8_K,
          TensorType.I8,
          TensorType.I16,
          TensorType.I32,
          TensorType.I64,
          TensorType.F64);

  /** {@code general.file_type} of llama.cpp. */
  private static final Map<String, Integer> IDS =
      Map.ofEntries(
          Map.entry("F32", 0),
          Map.entry("F16", 1),
          Map.entry("Q4_0", 2),
          Map.entry("Q4_1", 3),
          Map.entry("Q8_0", 7),
          Map.entry("Q5_0", 8),
          Map.entry("Q5_1", 9),
          Map.entry("Q2_K", 10),
          Map.entry("Q3_K_S", 11),
          Map.entry("Q3_K_M", 12),
          Map.entry("Q3_K_L", 13),
          Map.entry("Q4_K_S", 14),
          Map.entry("Q4_K_M", 15),
          Map.entry("Q5_K_S", 16),
          Map.entry("Q5_K_M", 17),
          Map.entry("Q6_K", 18),
          Map.entry("IQ2_XXS", 19),
          Map.entry("IQ2_XS", 20),
          Map.entry("IQ3_XXS", 23),
          Map.entry("IQ1_S", 24),
          Map.entry("IQ4_NL", 25),
          Map.entry("IQ3_S", 26),
          Map.entry("IQ2_S", 28),
          Map.entry("IQ4_XS", 30),
          Map.entry("IQ1_M", 31),
          Map.entry("BF16", 32),
          Map.entry("TQ1_0", 36),
          Map.entry("TQ2_0", 37),
          Map.entry("MXFP4", 38),
          Map.entry("NVFP4", 39));

  /** The role of a matrix in the model. */
  enum Role {
    TOKEN_EMBEDDING,
    OUTPUT,
    ATTN_Q,
    ATTN_K,
    ATTN_V,
    ATTN_OUTPUT,
    FFN_GATE,
    FFN_UP,
    FFN_DOWN
  }

  /**
   * @throws IllegalArgumentException if there is no such type; the message lists them
   */
  public static FileType of(String name) {
    String wanted = name.toUpperCase(Locale.ROOT);
    boolean pure = wanted.startsWith(PURE.toUpperCase(Locale.ROOT));
    String bare = pure ? wanted.substring(PURE.length()) : wanted;
    for (TensorType type : TensorType.values()) {
      if (type.name().equals(bare)
          && (pure ? !NO_WEIGHTS.contains(type) : OWN_MIX.contains(type))) {
        return new FileType(pure ? PURE + bare : bare, type, !pure);
      }
    }
    if (!pure && MIX_BASES.containsKey(bare)) {
      return new FileType(bare, MIX_BASES.get(bare), true);
    }
    throw new IllegalArgumentException("no file type '" + name + "'; there are " + names());
  }

  private static String names() {
    String own = OWN_MIX.stream().map(Enum::name).collect(Collectors.joining(", "));
    String mixes = MIX_BASES.keySet().stream().sorted().collect(Collectors.joining(", "));
    String pure =
        Arrays.stream(TensorType.values())
            .filter(type -> !NO_WEIGHTS.contains(type))
            .map(type -> PURE + type)
            .collect(Collectors.joining(", "));
    return own + ", " + mixes + ", " + pure;
  }

  /** GGUF's {@code general.file_type}; of a pure type, the mix built on it. */
  public int id() {
    String key = IDS.containsKey(name) ? name : base.name();
    // K-quants of 3 to 5 bits have a size in the name; the small one is the nearest to pure.
    return IDS.containsKey(key) ? IDS.get(key) : IDS.get(key + "_S");
  }

  /**
   * @param layer index, ignored for the embedding and the output
   * @param columns the row length, which decides whether the wanted type is possible
   */
  TensorType typeOf(Role role, int layer, ModelShape shape, long columns) {
    return fitting(mixed ? mix(role, layer, shape) : base, columns);
  }

  private TensorType mix(Role role, int layer, ModelShape shape) {
    int n = shape.nLayers();
    boolean isOutput = role == Role.OUTPUT || (role == Role.TOKEN_EMBEDDING && shape.tied());
    if (isOutput) {
      return isFloat(base) || base == TensorType.Q8_0 ? base : TensorType.Q6_K;
    }
    return switch (role) {
      case ATTN_V -> attnV(layer, n, shape.groupSize());
      case FFN_DOWN -> ffnDown(layer, n);
      case ATTN_OUTPUT ->
          switch (name) {
            case "Q2_K" -> TensorType.Q3_K;
            case "Q3_K_M" -> TensorType.Q4_K;
            case "Q3_K_L" -> TensorType.Q5_K;
            default -> base;
          };
      default -> base;
    };
  }

  private TensorType attnV(int layer, int n, int groupSize) {
    return switch (name) {
      case "Q2_K" -> groupSize >= 4 ? TensorType.Q4_K : TensorType.Q3_K;
      case "Q3_K_M" -> layer < 2 ? TensorType.Q5_K : TensorType.Q4_K;
      case "Q3_K_L" -> TensorType.Q5_K;
      case "Q4_K_S" -> layer < 4 ? TensorType.Q5_K : base;
      case "Q4_K_M", "Q5_K_M" -> getsMoreBits(layer, n) ? TensorType.Q6_K : base;
      default -> base;
    };
  }

  private TensorType ffnDown(int layer, int n) {
    return switch (name) {
      case "Q2_K" -> TensorType.Q3_K;
      case "Q3_K_M" -> layer < n / 16 ? TensorType.Q5_K : TensorType.Q4_K;
      case "Q3_K_L" -> TensorType.Q5_K;
      case "Q4_K_S" -> layer < n / 8 ? TensorType.Q5_K : base;
      case "Q4_K_M", "Q5_K_M" -> getsMoreBits(layer, n) ? TensorType.Q6_K : base;
      default -> base;
    };
  }

  /** The first and the last eighth of the layers, and every third between. */
  private static boolean getsMoreBits(int layer, int n) {
    return layer < n / 8 || layer >= 7 * n / 8 || (layer - n / 8) % 3 == 2;
  }

  private static boolean isFloat(TensorType type) {
    return type == TensorType.F32 || type == TensorType.F16 || type == TensorType.BF16;
  }

  /** What llama.cpp takes where rows are no whole number of blocks. */
  private static TensorType fitting(TensorType type, long columns) {
    if (columns % type.blockSize() == 0) {
      return type;
    }
    TensorType smaller =
        switch (type) {
          case TQ1_0, TQ2_0, Q2_K, Q3_K -> TensorType.Q4_0;
          case Q4_K -> TensorType.Q5_0;
          case Q5_K -> TensorType.Q5_1;
          case Q6_K -> TensorType.Q8_0;
          default -> TensorType.IQ4_NL;
        };
    return columns % smaller.blockSize() == 0 ? smaller : TensorType.F16;
  }
}
