package dev.lamina.cli;

import dev.lamina.gguf.Metadata;
import dev.lamina.gguf.TensorEntry;
import java.nio.file.Path;
import java.util.List;

/**
 * The parts of a model file to show.
 *
 * @param summary or null
 * @param keys of the metadata, or null
 * @param tensors or null
 * @param pieces number of files of a split model; one if it is not split
 * @param warnings oddities of the file
 * @param full show long values whole
 */
record InspectView(
    Metadata metadata,
    ModelSummary summary,
    List<String> keys,
    List<TensorEntry> tensors,
    List<Path> pieces,
    List<String> warnings,
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
