package dev.lamina.engine.check;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.memory.Group;
import dev.lamina.kernels.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Compares every operation of a backend with the scalar reference, for all types of weights and of
 * the KV cache. The reference sums in double precision. The data are random, from fixed seeds.
 */
public final class Doctor {
  private final Backend backend;

  public Doctor(Backend backend) {
    this.backend = backend;
  }

  /** Types that weight matrices can have. */
  public static List<TensorType> weightTypes() {
    return Arrays.stream(TensorType.values()).filter(TensorType::holdsWeights).toList();
  }

  /** KV cache types that are checked in all pairs. */
  public static List<TensorType> cacheTypes() {
    return List.of(TensorType.F32, TensorType.F16, TensorType.Q8_0);
  }

  /** The other KV cache types of the backend; each is checked only with itself. */
  public List<TensorType> moreCacheTypes() {
    return RuntimeConfig.cacheTypes().stream()
        .filter(type -> !cacheTypes().contains(type))
        .filter(type -> backend.supportsCache(new RuntimeConfig(1, 1, 1, type, type)))
        .toList();
  }

  /** Whether the backend multiplies weights of this type from a copy, such as a repacked one. */
  public boolean copies(TensorType type) {
    return WeightChecks.copies(backend, type);
  }

  /** Checks weights of a type: the row look-up, and products with 1, 2, 7, 32 and 200 tokens. */
  public List<CheckResult> weights(TensorType type) {
    return WeightChecks.run(backend, type);
  }

  /** Checks attention over a cache of these types. */
  public List<CheckResult> attention(TensorType keys, TensorType values) {
    List<CheckResult> results = new ArrayList<>();
    results.add(AttentionChecks.run(backend, Group.ALL, 6, 2, 96, keys, values));
    if (keys.blockSize() == 1 && values.blockSize() == 1) {
      results.add(AttentionChecks.run(backend, Group.ALL, 3, 3, 40, keys, values));
    }
    if (keys == values) {
      results.add(AttentionChecks.run(backend, Group.ALL, 2, 2, 64, keys, values));
      results.add(AttentionChecks.run(backend, Group.ALL, 2, 1, 256, keys, values));
      results.add(AttentionChecks.run(backend, Group.window(150), 6, 2, 64, keys, values));
    }
    return results;
  }

  /** Checks all other operations: norms, RoPE with all its scalings, the gate, sums, states. */
  public List<CheckResult> rows() {
    List<CheckResult> results = new ArrayList<>(RowChecks.run(backend));
    results.add(StateChecks.run(backend));
    return results;
  }
}
