package dev.lamina.engine.model;

import dev.lamina.engine.gguf.Metadata;
import dev.lamina.engine.gguf.Printable;
import dev.lamina.engine.gguf.UnsupportedModelException;
import dev.lamina.engine.model.RopeOverrides.Scaling;

/** Reads the {@code ARCH.rope.*} keys, with the user's overrides on top. */
final class RopeReader {
  private final Metadata metadata;
  private final String prefix;
  private final RopeOverrides overrides;

  RopeReader(Metadata metadata, String architecture, RopeOverrides overrides) {
    this.metadata = metadata;
    this.prefix = architecture + ".rope.";
    this.overrides = overrides;
  }

  /**
   * @param headDim default of {@code rope.dimension_count}
   * @param freqFactors values of {@code rope_freqs.weight}, or null
   */
  RopeConfig read(RopeConfig.Pairing pairing, int headDim, int contextLength, float[] freqFactors) {
    int nDims = metadata.integer(prefix + "dimension_count", headDim);
    if (nDims <= 0 || nDims > headDim || nDims % 2 != 0) {
      throw ConfigReader.invalid(
          metadata, prefix + "dimension_count", nDims, "an even number up to " + headDim);
    }
    float base = or(overrides.freqBase(), metadata.floating(prefix + "freq_base", 10000f));
    if (!(base > 1 && base < Float.POSITIVE_INFINITY)) {
      throw ConfigReader.invalid(metadata, prefix + "freq_base", base, "a number above 1");
    }
    Scaling scaling = overrides.scaling() != null ? overrides.scaling() : scalingInFile();
    float freqScale = scaling == Scaling.NONE ? 1f : freqScale();
    return new RopeConfig(
        pairing, nDims, base, freqScale, freqFactors, yarn(scaling, contextLength));
  }

  private Scaling scalingInFile() {
    String key = prefix + "scaling.type";
    String name = metadata.string(key, "linear");
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
    String key = prefix + "scaling.factor";
    float factor = metadata.floating(key, metadata.floating(prefix + "scale_linear", 0f));
    if (!(factor >= 0 && factor < Float.POSITIVE_INFINITY)) {
      throw ConfigReader.invalid(metadata, key, factor, "a positive number");
    }
    return factor == 0 ? 1f : 1f / factor;
  }

  private RopeConfig.Yarn yarn(Scaling scaling, int contextLength) {
    float attnFactor =
        or(overrides.yarnAttnFactor(), 1f) * metadata.floating(prefix + "scaling.attn_factor", 1f);
    boolean yarn = scaling == Scaling.YARN;
    float extFactor =
        or(
            overrides.yarnExtFactor(),
            yarn ? metadata.floating(prefix + "scaling.yarn_ext_factor", 1f) : 0f);
    if (extFactor == 0 && attnFactor == 1) {
      return null;
    }
    int original = metadata.integer(prefix + "scaling.original_context_length", contextLength);
    if (overrides.yarnOriginalContext() != null) {
      original = overrides.yarnOriginalContext();
    }
    if (original <= 0) {
      throw ConfigReader.invalid(
          metadata, prefix + "scaling.original_context_length", original, "a positive number");
    }
    return new RopeConfig.Yarn(
        original,
        extFactor,
        attnFactor,
        or(overrides.yarnBetaFast(), metadata.floating(prefix + "scaling.yarn_beta_fast", 32f)),
        or(overrides.yarnBetaSlow(), metadata.floating(prefix + "scaling.yarn_beta_slow", 1f)));
  }

  private static float or(Float override, float value) {
    return override != null ? override : value;
  }
}
