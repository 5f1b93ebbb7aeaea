package dev.lamina.quantize;

import static dev.lamina.quantize.LayerRule.always;

import dev.lamina.kernels.TensorType;
import java.util.EnumMap;
import java.util.Map;

/**
 * Puts a mix together: a type for most matrices, rules for others, and rules that replace these in
 * models of eight experts and of the architecture falcon.
 */
final class Mix {
  private final String name;
  private final int id;
  private final TensorType base;
  private final boolean twoBits;
  private final Map<Role, LayerRule> rules = new EnumMap<>(Role.class);
  private final Map<Role, LayerRule> eightExperts = new EnumMap<>(Role.class);
  private final Map<Role, LayerRule> falcon = new EnumMap<>(Role.class);

  private TensorType experts;

  private Mix(String name, int id, TensorType base, TensorType output, boolean twoBits) {
    this.name = name;
    this.id = id;
    this.base = base;
    this.twoBits = twoBits;
    rules.put(Role.OUTPUT, always(output));
  }

  /**
   * @param base type of the matrices without a rule
   */
  static Mix of(String name, int id, TensorType base, TensorType output) {
    Mix mix = new Mix(name, id, base, output, false);
    // The matrices that experts share are small beside theirs.
    return mix.withEightExperts(Role.ATTN_V, always(TensorType.Q8_0))
        .withEightExperts(Role.ATTN_K, always(TensorType.Q8_0))
        .withEightExperts(Role.ATTN_OUTPUT, always(base))
        .withFalcon(Role.OUTPUT, always(output.blockSize() == 1 ? output : TensorType.Q8_0))
        .withFalcon(Role.ATTN_OUTPUT, always(base));
  }

  /** A mix of one to two bits, which has its own rules for experts and none for large models. */
  static Mix ofTwoBits(String name, int id, TensorType base, TensorType output) {
    Mix mix = new Mix(name, id, base, output, true);
    return mix.withEightExperts(Role.ATTN_K, always(TensorType.Q4_K))
        .withEightExperts(Role.ATTN_OUTPUT, always(TensorType.Q5_K))
        .withFalcon(Role.OUTPUT, always(TensorType.Q8_0));
  }

  Mix with(Role role, LayerRule rule) {
    rules.put(role, rule);
    return this;
  }

  Mix withEightExperts(Role role, LayerRule rule) {
    eightExperts.put(role, rule);
    return this;
  }

  Mix withFalcon(Role role, LayerRule rule) {
    falcon.put(role, rule);
    return this;
  }

  /** All matrices but those of experts get the same type. */
  static Mix ofExperts(String name, int id, TensorType experts, TensorType others) {
    Mix mix = new Mix(name, id, experts, others, false);
    mix.experts = experts;
    for (Role role : Role.values()) {
      mix.with(role, always(others));
    }
    return mix;
  }

  FileType build() {
    return new FileType(
        name,
        id,
        base,
        twoBits,
        Map.copyOf(rules),
        Map.copyOf(eightExperts),
        Map.copyOf(falcon),
        experts);
  }
}
