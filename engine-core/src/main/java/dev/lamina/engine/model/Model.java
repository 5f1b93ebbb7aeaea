package dev.lamina.engine.model;

import dev.lamina.gguf.FileKind;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufFormatException;
import dev.lamina.gguf.Metadata;
import dev.lamina.gguf.Printable;
import dev.lamina.gguf.UnsupportedModelException;
import dev.lamina.text.tokenizer.Tokenizer;
import dev.lamina.text.tokenizer.Tokenizers;

/**
 * A model read from its file: checked, immutable, shared by sessions. The file must stay open while
 * it is in use.
 *
 * @param metadata the file's
 * @param graph what it computes, over the file's tensors
 */
public record Model(Metadata metadata, ModelConfig config, ModelGraph graph, Tokenizer tokenizer) {

  /**
   * Reads the model from a file.
   *
   * @throws GgufFormatException if keys or tensors are missing or do not fit each other
   * @throws UnsupportedModelException if the architecture, or something that it needs, is not built
   */
  public static Model load(GgufFile file, RopeOverrides overrides) {
    return load(file, overrides, false);
  }

  /**
   * As {@link #load(GgufFile, RopeOverrides)}, for an observer of the layers' products: they have
   * the rows of all tokens, also of those whose logits nobody wants.
   */
  public static Model loadWithAllRows(GgufFile file, RopeOverrides overrides) {
    return load(file, overrides, true);
  }

  private static Model load(GgufFile file, RopeOverrides overrides, boolean allRows) {
    FileKind.requireModel(file);
    Metadata metadata = file.metadata();
    String name = metadata.string("general.architecture");
    Architecture architecture =
        Architectures.byName(name)
            .orElseThrow(() ->
                new UnsupportedModelException(
                    metadata.source()
                        + ": architecture "
                        + Printable.quote(name)
                        + " is not supported; supported are "
                        + String.join(", ", Architectures.names())));
    Weights weights = new Weights(file);
    ModelConfig config = architecture.config(new ConfigReader(metadata, weights, overrides));
    GraphBuilder builder = new GraphBuilder(config, weights, allRows);
    architecture.build(builder);
    ModelGraph graph = builder.graph();
    weights.requireAllUsed(name);
    Tokenizer tokenizer = Tokenizers.from(metadata);
    if (tokenizer.vocabulary().size() != config.nVocab()) {
      throw new GgufFormatException(
          metadata.source()
              + ": tensor token_embd.weight has "
              + config.nVocab()
              + " rows, expected one for each of the "
              + tokenizer.vocabulary().size()
              + " tokens of tokenizer.ggml.tokens");
    }
    return new Model(metadata, config, graph, tokenizer);
  }
}
