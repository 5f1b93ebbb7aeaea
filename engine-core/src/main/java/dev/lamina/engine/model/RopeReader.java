package dev.lamina.engine.model;

import dev.lamina.engine.model.RopeOverrides.Scaling;
import dev.lamina.gguf.Metadata;
import dev.lamina.gguf.Printable;
import dev.lamina.gguf.UnsupportedModelException;

/** Reads the {@code ARCH.rope.*} keys, with the user's overrides on top. */
final class RopeReader {
  private final Metadata metadata;
  private final Hyperparameters keys;
  private final RopeOverrides overrides;

  RopeReader(Hyperparameters keys, RopeOverrides overrides) {
    this.metadata = keys.metadata();
    this.keys = keys;
    this.overrides = overrides;
  }

  /**
   * Reads the RoPE settings.
   *
   * @param headDim default of {@code rope.dimension_count}
   * @param contextLength context that the model was trained for; 0 if unknown
   * @param freqFactors values of {@code rope_freqs.weight}, or null
   */
  RopeConfig read(RopeConfig.Pairing pairing, int headDim, int contextLength, float[] freqFactors) {
    int nDims = keys.integer("rope.dimension_count", headDim);
    if (nDims <= 0 || nDims > headDim || nDims % 2 != 0) {
      throw ConfigReader.invalid(
          metadata, keys.key("rope.dimension_count"), nDims, "an even number up to " + headDim);
    }
    float base = or(overrides.freqBase(), keys.floating("rope.freq_base", 10000f));
    if (!(base > 1 && base < Float.POSITIVE_INFINITY)) {
      throw ConfigReader.invalid(metadata, keys.key("rope.freq_base"), base, "a number above 1");
    }
    Scaling scaling = overrides.scaling() != null ? overrides.scaling() : scalingInFile();
    float freqScale = scaling == Scaling.NONE ? 1f : freqScale();
    return new RopeConfig(
        pairing, nDims, base, freqScale, freqFactors, yarn(scaling, contextLength));
  }

  private Scaling scalingInFile() {
    String key = keys.key("rope.scaling.type");
    String name = keys.string("rope.scaling.type", "linear");
    return switch (name) {
      case "none" -> Scaling.NONE;
      case "linear", "llama3" -> Scaling.LINEAR; // llama3: its factors are a tensor
      case "yarn" -> Scaling.YARN;
      default ->
          throw new UnsupportedModelException(
              metadata.source()
                  + ": RoPE scaling "
                  + Printable.quote(name)
                  + " ("
                  + key
                  + ") is not supported; none, linear and yarn are");
    };
  }

  private float freqScale() {
    if (overrides.freqScale() != null) {
      return overrides.freqScale();
    }
    if (overrides.scale() != null) {
      return 1f / overrides.scale();
    }
    String key = keys.key("rope.scaling.factor");
    float factor = keys.floating("rope.scaling.factor", keys.floating("rope.scale_linear", 0f));
    if (!(factor >= 0 && factor < Float.POSITIVE_INFINITY)) {
      throw ConfigReader.invalid(metadata, key, factor, "a positive number");
    }
    return factor == 0 ? 1f : 1f / factor;
  }

  private RopeConfig.Yarn yarn(Scaling scaling, int contextLength) {
    float attnFactor =
        or(overrides.yarnAttnFactor(), 1f) * keys.floating("rope.scaling.attn_factor", 1f);
    boolean yarn = scaling == Scaling.YARN;
    float extFactor =
        or(
            overrides.yarnExtFactor(),
            yarn ? keys.floating("rope.scaling.yarn_ext_factor", 1f) : 0f);
    if (extFactor == 0 && attnFactor == 1) {
      return null;
    }
    int original = keys.integer("rope.scaling.original_context_length", contextLength);
    if (overrides.yarnOriginalContext() != null) {
      original = overrides.yarnOriginalContext();
    }
    if (original <= 0) {
      throw ConfigReader.invalid(
          metadata,
          keys.key("rope.scaling.original_context_length"),
          original,
          "a positive number");
    }
    return new RopeConfig.Yarn(
        original,
        extFactor,
        attnFactor,
        or(overrides.yarnBetaFast(), keys.floating("rope.scaling.yarn_beta_fast", 32f)),
        or(overrides.yarnBetaSlow(), keys.floating("rope.scaling.yarn_beta_slow", 1f)));
  }

  private static float or(Float override, float value) {
    return override != null ? override : value;
  }
}
