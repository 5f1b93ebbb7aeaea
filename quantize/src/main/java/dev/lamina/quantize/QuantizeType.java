package dev.lamina.quantize;

import dev.lamina.kernels.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A type that a user can quantize a model to.
 *
 * @param name such as {@code Q4_K_M}
 * @param mix types of the matrices; null: all tensors are copied as they are
 * @param ends type of the token embedding and the output, or null: that of the mix
 */
public record QuantizeType(String name, FileType mix, TensorType ends) {
  private static final List<String> MIXES =
      List.of(
          "F32",
          "F16",
          "BF16",
          "Q8_0",
          "Q6_K",
          "Q5_K_M",
          "Q5_K_S",
          "Q5_1",
          "Q5_0",
          "Q4_K_M",
          "Q4_K_S",
          "Q4_1",
          "Q4_0",
          "IQ4_NL",
          "IQ4_XS",
          "Q3_K_L",
          "Q3_K_M",
          "Q3_K_S",
          "IQ3_M",
          "IQ3_S",
          "IQ3_XS",
          "IQ3_XXS",
          "Q2_K",
          "Q2_K_S",
          "IQ2_M",
          "IQ2_S",
          "IQ2_XS",
          "IQ2_XXS",
          "IQ1_M",
          "IQ1_S",
          "TQ2_0",
          "TQ1_0",
          "Q2_0",
          "Q1_0",
          "MXFP4_MOE");

  /** Names of mixes with embedding and output in 8 bits, which publishers of files use. */
  private static final Map<String, String> LARGE_ENDS =
      Map.of(
          "Q6_K_L", "Q6_K",
          "Q5_K_L", "Q5_K_M",
          "Q4_K_L", "Q4_K_M",
          "Q3_K_XL", "Q3_K_L",
          "Q2_K_L", "Q2_K");

  /** For models of experts, and for those trained to have weights of one or two bits. */
  private static final Set<String> SPECIAL = Set.of("MXFP4_MOE", "Q1_0", "Q2_0");

  private static final Map<String, String> ALIASES =
      Map.of("Q5_K", "Q5_K_M", "Q4_K", "Q4_K_M", "Q3_K", "Q3_K_M");

  private static final Map<String, QuantizeType> ALL = all();

  private static Map<String, QuantizeType> all() {
    Map<String, QuantizeType> all = new LinkedHashMap<>();
    for (String name : MIXES) {
      all.put(name, new QuantizeType(name, FileType.of(name), null));
    }
    for (String name : List.of("Q6_K_L", "Q5_K_L", "Q4_K_L", "Q3_K_XL", "Q2_K_L")) {
      FileType mix = FileType.of(LARGE_ENDS.get(name));
      all.put(name, new QuantizeType(name, mix, TensorType.Q8_0));
    }
    all.put("COPY", new QuantizeType("COPY", null, null));
    return all;
  }

  /** Whether the type is useful for all kinds of models. */
  public boolean isGeneral() {
    return !SPECIAL.contains(name);
  }

  /** All names, without aliases. */
  public static List<String> names() {
    return new ArrayList<>(ALL.keySet());
  }

  /**
   * @param text a name in upper or lower case, an alias, or llama.cpp's number of a file type
   */
  public static Optional<QuantizeType> find(String text) {
    String name = text.toUpperCase(Locale.ROOT);
    QuantizeType byName = ALL.get(ALIASES.getOrDefault(name, name));
    if (byName != null) {
      return Optional.of(byName);
    }
    return ALL.values().stream()
        .filter(type -> type.mix != null && String.valueOf(type.mix.id()).equals(text))
        .findFirst();
  }

  /**
   * @throws IllegalArgumentException if there is no such type; the message lists them
   */
  public static QuantizeType of(String text) {
    return find(text)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no type '" + text + "'; there are " + String.join(", ", names())));
  }
}
