package dev.lamina.cli;

import dev.lamina.engine.gguf.GgufTensor;
import dev.lamina.engine.gguf.Metadata;
import java.util.List;

/**
 * What of a model file is to be shown.
 *
 * @param summary or null
 * @param keys of the metadata, or null
 * @param tensors or null
 * @param full show long values whole
 */
record InspectView(
    Metadata metadata,
    ModelSummary summary,
    List<String> keys,
    List<GgufTensor> tensors,
    boolean full) {

  /** Elements of an array that are shown when not {@link #full}. */
  static final int SHORT_ARRAY = 6;

  /** Characters of a text that are shown when not {@link #full}. */
  static final int SHORT_TEXT = 100;

  int arrayLimit() {
    return full ? Integer.MAX_VALUE : SHORT_ARRAY;
  }

  int textLimit() {
    return full ? Integer.MAX_VALUE : SHORT_TEXT;
  }
}
