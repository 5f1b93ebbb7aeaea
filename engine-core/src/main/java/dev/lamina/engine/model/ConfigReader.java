package dev.lamina.engine.model;

import dev.lamina.gguf.GgufFormatException;
import dev.lamina.gguf.Metadata;
import dev.lamina.gguf.UnsupportedModelException;

/** Reads and checks the hyperparameter keys that the transformer architectures share. */
public final class ConfigReader {
  /** Larger than in any published model; also bounds the product of heads and head size. */
  private static final int MAX_DIMENSION = 1 << 24;

  private static final int MAX_LAYERS = 4096;

  /** The context length if the file does not say what the model was trained for. */
  private static final int DEFAULT_CONTEXT = 4096;

  private final Metadata metadata;
  private final String architecture;
  private final Hyperparameters keys;
  private final Weights weights;
  private final RopeOverrides overrides;

  public ConfigReader(Metadata metadata, Weights weights, RopeOverrides overrides) {
    this.metadata = metadata;
    this.architecture = metadata.string("general.architecture");
    this.keys = new Hyperparameters(metadata, architecture);
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
    int nKvHeads = keys.integer("attention.head_count_kv", nHeads);
    if (nKvHeads <= 0 || nHeads % nKvHeads != 0) {
      throw invalid(
          metadata, key("attention.head_count_kv"), nKvHeads, "a divisor of " + nHeads + " heads");
    }
    int headDim = headDim(hidden, nHeads);
    int context = contextLength();
    float eps = keys.floating("attention.layer_norm_rms_epsilon");
    if (!(eps >= 0 && eps < 1)) {
      throw invalid(
          metadata, key("attention.layer_norm_rms_epsilon"), eps, "a small positive number");
    }
    int nLayers = positive("block_count", MAX_LAYERS);
    RopeConfig rope =
        new RopeReader(keys, overrides)
            .read(pairing, headDim, keys.integer("context_length", 0), freqFactors(headDim));
    ModelConfig config =
        new ModelConfig(
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
    ComputationKeys.check(keys, config);
    return config;
  }

  private int contextLength() {
    int context = keys.integer("context_length", 0);
    if (context < 0) {
      throw invalid(metadata, key("context_length"), context, "a positive number");
    }
    if (context == 0) {
      metadata.warn(
          key("context_length"),
          (keys.contains("context_length") ? "is 0" : "is missing")
              + ", a context of "
              + DEFAULT_CONTEXT
              + " is assumed");
      return DEFAULT_CONTEXT;
    }
    return context;
  }

  private float[] freqFactors(int headDim) {
    int nDims = keys.integer("rope.dimension_count", headDim);
    float[] factors = weights.optionalFloats("rope_freqs.weight", nDims / 2);
    if (factors != null) {
      for (float factor : factors) {
        if (!(factor > 0 && factor < Float.POSITIVE_INFINITY)) {
          throw new GgufFormatException(
              metadata.source()
                  + ": tensor rope_freqs.weight has "
                  + factor
                  + ", expected positive numbers");
        }
      }
    }
    return factors;
  }

  private int headDim(int hidden, int nHeads) {
    String key = key("attention.key_length");
    if (!metadata.contains(key) && hidden % nHeads != 0) {
      throw invalid(
          metadata, key("attention.head_count"), nHeads, "a divisor of embedding_length " + hidden);
    }
    int headDim = keys.integer("attention.key_length", hidden / nHeads);
    if (headDim <= 0 || headDim > MAX_DIMENSION / nHeads || headDim % 2 != 0) {
      throw invalid(metadata, key, headDim, "an even head size");
    }
    int valueDim = keys.integer("attention.value_length", headDim);
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
    if (keys.integer("expert_count", 0) > 0) {
      throw new UnsupportedModelException(
          metadata.source()
              + ": mixture-of-experts models ("
              + key("expert_count")
              + ") are not supported yet");
    }
  }

  private int dimension(String name) {
    return positive(name, MAX_DIMENSION);
  }

  private int positive(String name, int max) {
    int value = keys.integer(name);
    if (value <= 0 || value > max) {
      throw invalid(metadata, key(name), value, "1 to " + max);
    }
    return value;
  }

  private String key(String name) {
    return keys.key(name);
  }

  static GgufFormatException invalid(Metadata metadata, String key, Object value, String expected) {
    return new GgufFormatException(
        metadata.source() + ": metadata key " + key + " is " + value + ", expected " + expected);
  }
}
