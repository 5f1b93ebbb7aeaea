package dev.lamina.quantize;

import dev.lamina.gguf.KeyOverride;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How a model is quantized.
 *
 * @param importance or null: there is none
 * @param importanceFile its name, as it is noted in the metadata
 * @param allowRequantize tensors that are quantized already are quantized again
 * @param keepSplit the output has the parts of the input
 * @param maxPartBytes more than this, and the output is split; 0: it never is
 * @param keys metadata that is added or replaced
 * @param prunedLayers layers of the source that are left out
 */
public record QuantizeOptions(
    TypeOptions types,
    ImportanceMatrix importance,
    String importanceFile,
    boolean allowRequantize,
    boolean keepSplit,
    long maxPartBytes,
    List<KeyOverride> keys,
    SortedSet<Integer> prunedLayers) {

  public QuantizeOptions {
    keys = List.copyOf(keys);
    prunedLayers = Collections.unmodifiableSortedSet(new TreeSet<>(prunedLayers));
  }

  /** As the type says, to one file. */
  public static QuantizeOptions of(TypeOptions types) {
    return new QuantizeOptions(
        types, null, null, false, false, 0, List.of(), Collections.emptySortedSet());
  }

  /** The same with an importance matrix. */
  public QuantizeOptions withImportance(ImportanceMatrix matrix, String file) {
    return new QuantizeOptions(
        types, matrix, file, allowRequantize, keepSplit, maxPartBytes, keys, prunedLayers);
  }
}
