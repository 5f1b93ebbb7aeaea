package dev.lamina.engine.backend;

import dev.lamina.kernels.TensorType;

/**
 * Sizes of a session.
 *
 * @param contextLength positions that the KV cache holds
 * @param batchSize most tokens of one forward pass (llama.cpp's ubatch)
 * @param maxLogits most rows of logits of one forward pass
 * @param keyType F16, F32 or Q8_0
 * @param valueType likewise
 */
public record SessionConfig(
    int contextLength, int batchSize, int maxLogits, TensorType keyType, TensorType valueType) {
  public SessionConfig {
    requirePositive("context size", contextLength);
    requirePositive("batch size", batchSize);
    requirePositive("rows of logits", maxLogits);
    requireCacheType("keys", keyType);
    requireCacheType("values", valueType);
  }

  /** F16 cache, one row of logits. */
  public static SessionConfig of(int contextLength, int batchSize) {
    return new SessionConfig(contextLength, batchSize, 1, TensorType.F16, TensorType.F16);
  }

  /** The same with room for more rows of logits. */
  public SessionConfig withMaxLogits(int rows) {
    return new SessionConfig(contextLength, batchSize, rows, keyType, valueType);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ", expected 1 or more");
    }
  }

  private static void requireCacheType(String name, TensorType type) {
    switch (type) {
      case F16, F32, Q8_0 -> {}
      default ->
          throw new IllegalArgumentException(
              "cache type of " + name + " is " + type + ", expected F16, F32 or Q8_0");
    }
  }
}
