package dev.lamina.engine.sampling;

import dev.lamina.engine.sampling.SamplingOptions.Filters;
import dev.lamina.engine.sampling.SamplingOptions.Mirostat;
import dev.lamina.engine.sampling.SamplingOptions.Penalties;
import dev.lamina.engine.sampling.SamplingOptions.Xtc;
import dev.lamina.gguf.Metadata;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The sampling that a model file recommends, by the keys {@code general.sampling.*} that llama.cpp
 * knows.
 */
public final class ModelSampling {
  private static final String PREFIX = "general.sampling.";

  private final Metadata metadata;
  private final Consumer<String> warnings;

  private ModelSampling(Metadata metadata, Consumer<String> warnings) {
    this.metadata = metadata;
    this.warnings = warnings;
  }

  /**
   * Replaces the options that the file recommends values for.
   *
   * @param defaults options for everything else
   * @param warnings takes a line for each value that cannot be used and is ignored
   */
  public static SamplingOptions of(
      Metadata metadata, SamplingOptions defaults, Consumer<String> warnings) {
    return new ModelSampling(metadata, warnings).read(defaults);
  }

  private SamplingOptions read(SamplingOptions defaults) {
    Filters filters = defaults.filters();
    Penalties penalties = defaults.penalties();
    Xtc xtc = defaults.xtc();
    Mirostat mirostat = defaults.mirostat();
    Filters ownFilters =
        new Filters(
            (int) number("top_k", filters.topK()),
            Math.clamp(number("top_p", filters.topP()), 0, 1),
            Math.clamp(number("min_p", filters.minP()), 0, 1),
            filters.typicalP(),
            filters.topNSigma());
    return defaults
        .withSamplers(sequence(defaults.samplers()))
        .withTemperature(number("temp", defaults.temperature().value()))
        .with(ownFilters)
        .with(
            new Xtc(
                number("xtc_probability", xtc.probability()),
                number("xtc_threshold", xtc.threshold())))
        .with(
            valid(
                penalties,
                () ->
                    new Penalties(
                        number("penalty_repeat", penalties.repeat()),
                        penalties.frequency(),
                        penalties.presence(),
                        (int) number("penalty_last_n", penalties.lastN()))))
        .with(
            valid(
                mirostat,
                () ->
                    new Mirostat(
                        (int) number("mirostat", mirostat.version()),
                        number("mirostat_tau", mirostat.targetEntropy()),
                        number("mirostat_eta", mirostat.learningRate()))));
  }

  private List<SamplerType> sequence(List<SamplerType> orElse) {
    Object names = metadata.get(PREFIX + "sequence");
    if (names instanceof String text) {
      return SamplerType.parseNames(text, line -> warn("sequence", line));
    } else if (names != null) {
      warn("sequence", "it is no text, and ignored");
    }
    return orElse;
  }

  /** A number, which may be stored as text: converters copy values from JSON unchanged. */
  private float number(String key, float orElse) {
    Object value = metadata.get(PREFIX + key);
    if (value == null) {
      return orElse;
    }
    float number = Float.NaN;
    if (value instanceof Number n) {
      number = n.floatValue();
    } else if (value instanceof String text) {
      try {
        number = Float.parseFloat(text.strip());
      } catch (NumberFormatException _) {
        // Told below.
      }
    }
    if (Float.isFinite(number)) {
      return number;
    }
    warn(key, "it is no number, and ignored");
    return orElse;
  }

  private <T> T valid(T orElse, Supplier<T> read) {
    try {
      return read.get();
    } catch (IllegalArgumentException e) {
      warnings.accept(metadata.source() + ": " + PREFIX + "*: " + e.getMessage() + "; ignored");
      return orElse;
    }
  }

  private void warn(String key, String what) {
    warnings.accept(metadata.source() + ": metadata key " + PREFIX + key + ": " + what);
  }
}
