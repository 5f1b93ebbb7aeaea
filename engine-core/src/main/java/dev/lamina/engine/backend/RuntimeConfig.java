package dev.lamina.engine.backend;

import dev.lamina.engine.memory.Group;
import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.model.RowSet;
import dev.lamina.kernels.TensorType;
import java.util.List;

/**
 * Sizes of a loaded model.
 *
 * @param contextLength most positions of a sequence
 * @param sequences most sequences of one forward pass
 * @param pages for keys and values of all positions, of {@link PageTable#POSITIONS} positions each
 * @param batchSize most tokens of one forward pass (llama.cpp's ubatch)
 * @param maxLogits most rows of logits of one forward pass
 * @param keyType one of {@link #cacheTypes}
 * @param valueType likewise
 */
public record RuntimeConfig(
    int contextLength,
    int sequences,
    int pages,
    int batchSize,
    int maxLogits,
    TensorType keyType,
    TensorType valueType) {
  private static final List<TensorType> CACHE_TYPES =
      List.of(
          TensorType.F32,
          TensorType.F16,
          TensorType.BF16,
          TensorType.Q8_0,
          TensorType.Q4_0,
          TensorType.Q4_1,
          TensorType.IQ4_NL,
          TensorType.Q5_0,
          TensorType.Q5_1);

  /** States kept of starts that come again. */
  private static final int MOST_STATES = 16;

  public RuntimeConfig {
    requirePositive("context size", contextLength);
    requirePositive("sequences", sequences);
    requirePositive("pages", pages);
    requirePositive("batch size", batchSize);
    requirePositive("rows of logits", maxLogits);
    requireCacheType("keys", keyType);
    requireCacheType("values", valueType);
  }

  /** Sizes for one sequence. */
  public RuntimeConfig(
      int contextLength, int batchSize, int maxLogits, TensorType keyType, TensorType valueType) {
    this(
        contextLength,
        1,
        PageTable.pagesOf(contextLength),
        batchSize,
        maxLogits,
        keyType,
        valueType);
  }

  /** Most rows that a value has. */
  public int rows(RowSet set) {
    return set == RowSet.ALL ? batchSize : maxLogits;
  }

  /** Types that a KV cache can have: llama.cpp's. */
  public static List<TensorType> cacheTypes() {
    return CACHE_TYPES;
  }

  /** Sizes with an F16 cache and one row of logits. */
  public static RuntimeConfig of(int contextLength, int batchSize) {
    return new RuntimeConfig(contextLength, batchSize, 1, TensorType.F16, TensorType.F16);
  }

  /** The same with room for more rows of logits. */
  public RuntimeConfig withMaxLogits(int rows) {
    return new RuntimeConfig(contextLength, sequences, pages, batchSize, rows, keyType, valueType);
  }

  /** The same for several sequences, with a row of logits for each. */
  public RuntimeConfig withSequences(int n, int nPages) {
    return new RuntimeConfig(
        contextLength, n, nPages, batchSize, Math.max(n, maxLogits), keyType, valueType);
  }

  /** Pages for what a group keeps. */
  public int pages(Group group) {
    if (group.equals(Group.ALL)) {
      return pages;
    }
    if (group.isRecurrent()) {
      return 2 * sequences + Math.min(pages, MOST_STATES);
    }
    // What a sequence sees while it evaluates a batch, and as much of starts that come again.
    long seen = Math.min(contextLength, (long) group.window() + batchSize);
    return (int) Math.min(pages, 2L * sequences * (PageTable.pagesOf((int) seen) + 1));
  }

  /** Most pages of a sequence. */
  public int pagesPerSequence() {
    return PageTable.pagesOf(contextLength);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ", expected 1 or more");
    }
  }

  private static void requireCacheType(String name, TensorType type) {
    if (!CACHE_TYPES.contains(type)) {
      throw new IllegalArgumentException(
          "cache type of " + name + " is " + type + ", expected one of " + CACHE_TYPES);
    }
  }
}
