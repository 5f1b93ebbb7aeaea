package dev.lamina.text.tokenizer;

import dev.lamina.gguf.Metadata;
import dev.lamina.gguf.MetadataArray;
import java.util.List;

/** The tokens that a model file says must never be chosen. */
final class SuppressedTokens {
  private static final String KEY = "tokenizer.ggml.suppress_tokens";

  private SuppressedTokens() {}

  /** Ids of the suppressed tokens, without those that are not in the vocabulary. */
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
