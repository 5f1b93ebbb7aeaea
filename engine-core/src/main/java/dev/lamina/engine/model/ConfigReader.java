package dev.lamina.engine.model;

import dev.lamina.engine.gguf.GgufFormatException;
import dev.lamina.engine.gguf.Metadata;
import dev.lamina.engine.gguf.UnsupportedModelException;

/** Reads and checks the hyperparameter keys that the transformer architectures share. */
public final class ConfigReader {
  /** Above any published model; keeps products of two dimensions within an int. */
  private static final int MAX_DIMENSION = 1 << 24;

  private static final int MAX_LAYERS = 4096;

  private final Metadata metadata;
  private final String architecture;
  private final Weights weights;
  private final RopeOverrides overrides;

  public ConfigReader(Metadata metadata, Weights weights, RopeOverrides overrides) {
    this.metadata = metadata;
    this.architecture = metadata.string("general.architecture");
    this.weights = weights;
    this.overrides = overrides;
  }

  /**
   * @throws GgufFormatException if a key is missing or its value cannot be right
   * @throws UnsupportedModelException if the model needs something that is not built
   */
  public ModelConfig read(RopeConfig.Pairing pairing) {
    rejectExperts();
    int hidden = dimension("embedding_length");
    int nHeads = dimension("attention.head_count");
    int nKvHeads = metadata.integer(key("attention.head_count_kv"), nHeads);
    if (nKvHeads <= 0 || nHeads % nKvHeads != 0) {
      throw invalid(
          metadata, key("attention.head_count_kv"), nKvHeads, "a divisor of " + nHeads + " heads");
    }
    int headDim = headDim(hidden, nHeads);
    int context = dimension("context_length");
    float eps = metadata.floating(key("attention.layer_norm_rms_epsilon"));
    if (!(eps >= 0 && eps < 1)) {
      throw invalid(
          metadata, key("attention.layer_norm_rms_epsilon"), eps, "a small positive number");
    }
    int nLayers = positive("block_count", MAX_LAYERS);
    float[] freqFactors = weights.optionalFloats("rope_freqs.weight", ropeDims(headDim) / 2);
    RopeConfig rope =
        new RopeReader(metadata, architecture, overrides)
            .read(pairing, headDim, context, freqFactors);
    return new ModelConfig(
        architecture,
        nLayers,
        hidden,
        nHeads,
        nKvHeads,
        headDim,
        dimension("feed_forward_length"),
        weights.vocabularySize(hidden),
        context,
        eps,
        rope);
  }

  private int ropeDims(int headDim) {
    return metadata.integer(architecture + ".rope.dimension_count", headDim);
  }

  private int headDim(int hidden, int nHeads) {
    String key = key("attention.key_length");
    if (!metadata.contains(key) && hidden % nHeads != 0) {
      throw invalid(
          metadata, key("attention.head_count"), nHeads, "a divisor of embedding_length " + hidden);
    }
    int headDim = metadata.integer(key, hidden / nHeads);
    if (headDim <= 0 || headDim > MAX_DIMENSION / nHeads || headDim % 2 != 0) {
      throw invalid(metadata, key, headDim, "an even head size");
    }
    int valueDim = metadata.integer(key("attention.value_length"), headDim);
    if (valueDim != headDim) {
      throw new UnsupportedModelException(
          metadata.source()
              + ": attention.value_length "
              + valueDim
              + " differs from key_length "
              + headDim
              + ", which no supported architecture has");
    }
    return headDim;
  }

  private void rejectExperts() {
    if (metadata.integer(key("expert_count"), 0) > 0) {
      throw new UnsupportedModelException(
          metadata.source() + ": mixture-of-experts models are not supported yet");
    }
  }

  private int dimension(String name) {
    return positive(name, MAX_DIMENSION);
  }

  private int positive(String name, int max) {
    int value = metadata.integer(key(name));
    if (value <= 0 || value > max) {
      throw invalid(metadata, key(name), value, "1 to " + max);
    }
    return value;
  }

  private String key(String name) {
    return architecture + "." + name;
  }

  static GgufFormatException invalid(Metadata metadata, String key, Object value, String expected) {
    return new GgufFormatException(
        metadata.source() + ": metadata key " + key + " is " + value + ", expected " + expected);
  }
}
