package dev.lamina.quantize;

import dev.lamina.gguf.GgufFormatException;
import dev.lamina.gguf.Metadata;
import dev.lamina.gguf.MetadataArray;
import dev.lamina.gguf.Printable;
import java.util.Set;

/**
 * The facts about a model that decide, with the matrix itself, which type a file type gives to the
 * matrix.
 *
 * @param architecture GGUF's {@code general.architecture}
 * @param groupSize query heads that share a key/value head; 0 if the first layer has none of these
 * @param nExperts of a mixture of experts; 0: a dense model
 * @param tied the output matrix is the token embedding
 * @param importance an importance matrix is at hand
 */
public record ModelTraits(
    String architecture,
    int nLayers,
    int groupSize,
    int nExperts,
    boolean tied,
    boolean importance) {

  /**
   * Without keys that describe a model, as in projectors and adapters, it has no layers and no
   * heads; llama.cpp quantizes projectors so.
   *
   * @param tensors names of the model's tensors
   * @throws GgufFormatException if a key that is there has no such value
   */
  static ModelTraits of(Metadata metadata, Set<String> tensors, boolean importance) {
    String architecture = metadata.string("general.architecture", "");
    int heads = first(metadata, architecture + ".attention.head_count", 0);
    int keyHeads = first(metadata, architecture + ".attention.head_count_kv", heads);
    return new ModelTraits(
        architecture,
        metadata.integer(architecture + ".block_count", 0),
        keyHeads == 0 ? 0 : heads / keyHeads,
        metadata.integer(architecture + ".expert_count", 0),
        !tensors.contains("output.weight"),
        importance);
  }

  /** A number, or the first layer's of an array with one for each layer. */
  private static int first(Metadata metadata, String key, int orElse) {
    if (!(metadata.get(key) instanceof MetadataArray)) {
      return metadata.integer(key, orElse);
    }
    int[] all = metadata.integers(key);
    if (all.length == 0) {
      throw new GgufFormatException(
          metadata.source() + ": metadata key " + Printable.quote(key) + " is an empty array");
    }
    return all[0];
  }

  /**
   * Whether llama.cpp treats the model as one of 70 billion weights, by the number of its layers.
   */
  boolean is70B() {
    return switch (architecture) {
      case "llama", "llama-embed" -> nLayers == 80 && groupSize != 1;
      case "qwen2", "deci", "olmoe" -> nLayers == 80;
      case "jais2" -> nLayers == 68;
      default -> false;
    };
  }
}
