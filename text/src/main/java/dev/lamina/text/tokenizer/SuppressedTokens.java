package dev.lamina.text.tokenizer;

import dev.lamina.gguf.Metadata;
import dev.lamina.gguf.MetadataArray;
import java.util.List;

/** The tokens that a model file wants never chosen. */
final class SuppressedTokens {
  private static final String KEY = "tokenizer.ggml.suppress_tokens";

  private SuppressedTokens() {}

  /** Their ids; what names no token is left out, as there is nothing to suppress. */
  static int[] of(Metadata metadata, int nTokens) {
    List<?> values = metadata.get(KEY) instanceof MetadataArray array ? array.values() : List.of();
    return values.stream()
        .filter(Number.class::isInstance)
        .mapToLong(value -> ((Number) value).longValue())
        .filter(id -> id >= 0 && id < nTokens)
        .mapToInt(id -> (int) id)
        .distinct()
        .toArray();
  }
}
