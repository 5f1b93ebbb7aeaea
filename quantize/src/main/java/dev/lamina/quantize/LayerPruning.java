package dev.lamina.quantize;

import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.Metadata;
import dev.lamina.gguf.MetadataArray;
import dev.lamina.quantize.QuantizeException.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Leaves layers out of a model. The others move up: their tensors are renamed, and the metadata
 * counts them and has values for them alone.
 */
final class LayerPruning {
  private static final Pattern LAYER = Pattern.compile("\\bblk\\.(\\d{1,9})\\.");

  /** New number of each layer that stays, by its number in the source. */
  private final SortedMap<Integer, Integer> kept = new TreeMap<>();

  private final boolean prunes;

  /**
   * @param pruned layers that are left out
   * @param tensors names of the model's tensors
   * @throws QuantizeException if the model lacks one of these layers, or would have none left
   */
  LayerPruning(SortedSet<Integer> pruned, Iterable<String> tensors) {
    SortedSet<Integer> layers = new TreeSet<>();
    for (String name : tensors) {
      Matcher matcher = LAYER.matcher(name);
      if (matcher.find()) {
        layers.add(Integer.parseInt(matcher.group(1)));
      }
    }
    for (int layer : pruned) {
      if (!layers.contains(layer)) {
        throw new QuantizeException(
            Reason.PRUNED_LAYERS, "the model has no layer " + layer + "; " + describe(layers));
      }
    }
    for (int layer : layers) {
      if (!pruned.contains(layer)) {
        kept.put(layer, kept.size());
      }
    }
    prunes = !pruned.isEmpty();
    if (prunes && kept.isEmpty()) {
      throw new QuantizeException(
          Reason.PRUNED_LAYERS, "no layer would be left; " + describe(layers));
    }
  }

  private static String describe(SortedSet<Integer> layers) {
    return layers.isEmpty()
        ? "it has no layers at all"
        : "its layers are " + layers.first() + " to " + layers.last();
  }

  /** The new name of a tensor; null if it belongs to a layer that is left out. */
  String rename(String name) {
    Matcher matcher = LAYER.matcher(name);
    if (!prunes || !matcher.find()) {
      return name;
    }
    Integer layer = kept.get(Integer.parseInt(matcher.group(1)));
    return layer == null
        ? null
        : name.substring(0, matcher.start(1)) + layer + name.substring(matcher.end(1));
  }

  /** The tensors that stay, in the same order, under their new names. */
  List<GgufTensor> rename(List<GgufTensor> tensors) {
    List<GgufTensor> result = new ArrayList<>();
    for (GgufTensor tensor : tensors) {
      String name = rename(tensor.name());
      if (name != null) {
        result.add(name.equals(tensor.name()) ? tensor : tensor.named(name));
      }
    }
    return result;
  }

  /** The importance of the tensors that stay, under their new names; null of null. */
  ImportanceMatrix rename(ImportanceMatrix matrix) {
    if (!prunes || matrix == null) {
      return matrix;
    }
    Map<String, ImportanceMatrix.Entry> entries = new LinkedHashMap<>();
    matrix
        .entries()
        .forEach((name, entry) -> {
          String renamed = rename(name);
          if (renamed != null) {
            entries.put(renamed, entry);
          }
        });
    return matrix.withEntries(entries);
  }

  /**
   * Values of keys that count layers or have a value for each, for the layers that stay; without
   * pruning, none.
   */
  Map<String, Object> metadata(Metadata source) {
    Map<String, Object> changed = new LinkedHashMap<>();
    String architecture = source.string("general.architecture", "");
    String countKey = architecture + ".block_count";
    if (!prunes || !source.contains(countKey)) {
      return changed;
    }
    int nLayers = source.integer(countKey);
    changed.put(countKey, (long) kept.size());
    for (String key : source.keys()) {
      if (key.startsWith(architecture + ".")
          && source.get(key) instanceof MetadataArray array
          && array.size() == nLayers) {
        List<Object> values = new ArrayList<>();
        kept.keySet().forEach(layer -> values.add(array.values().get(layer)));
        changed.put(key, new MetadataArray(array.type(), values));
      }
    }
    return changed;
  }
}
