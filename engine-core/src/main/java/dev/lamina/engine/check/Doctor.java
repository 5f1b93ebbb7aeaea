package dev.lamina.engine.check;

import dev.lamina.engine.backend.Backend;
import dev.lamina.kernels.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Compares every operation of a backend, on every type that it can have, with the scalar reference
 * of the formats and with sums in double precision. Data are random, from fixed seeds.
 */
public final class Doctor {
  private final Backend backend;

  public Doctor(Backend backend) {
    this.backend = backend;
  }

  /** Types that matrices of weights can have. */
  public static List<TensorType> weightTypes() {
    return Arrays.stream(TensorType.values()).filter(TensorType::holdsWeights).toList();
  }

  /** Types that a KV cache can have. */
  public static List<TensorType> cacheTypes() {
    return List.of(TensorType.F32, TensorType.F16, TensorType.Q8_0);
  }

  /** Whether the backend multiplies weights of this type from a copy of them. */
  public boolean copies(TensorType type) {
    return WeightChecks.copies(backend, type);
  }

  /** The look-up of rows, and products with 1, 2, 7, 32 and 200 tokens. */
  public List<CheckResult> weights(TensorType type) {
    return WeightChecks.run(backend, type);
  }

  /** Attention over a cache of these types. */
  public List<CheckResult> attention(TensorType keys, TensorType values) {
    List<CheckResult> results = new ArrayList<>();
    results.add(AttentionChecks.run(backend, 6, 2, 96, keys, values));
    if (keys != TensorType.Q8_0 && values != TensorType.Q8_0) {
      results.add(AttentionChecks.run(backend, 3, 3, 40, keys, values));
    }
    if (keys == values) {
      results.add(AttentionChecks.run(backend, 2, 1, 256, keys, values));
    }
    return results;
  }

  /** Everything else: norms, RoPE in all its scalings, the gate, sums. */
  public List<CheckResult> rows() {
    return RowChecks.run(backend);
  }
}
