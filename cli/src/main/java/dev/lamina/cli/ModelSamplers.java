package dev.lamina.cli;

import dev.lamina.engine.model.Model;
import dev.lamina.engine.sampling.ModelSampling;
import dev.lamina.engine.sampling.Sampler;
import dev.lamina.engine.sampling.Samplers;
import dev.lamina.engine.sampling.SamplingOptions;

/** Combines the sampling options that the file recommends with those of the command line. */
final class ModelSamplers {
  private ModelSamplers() {}

  /**
   * The combined options.
   *
   * @param escape whether texts in options have escapes
   */
  static SamplingOptions options(
      Console console, Model model, SamplingFlags flags, boolean escape) {
    SamplingOptions recommended =
        ModelSampling.of(model.metadata(), SamplingOptions.defaults(), line -> warn(console, line));
    return flags.options(recommended, escape, line -> warn(console, line));
  }

  /**
   * Makes a sampler.
   *
   * @throws CliException if a logit bias is for a token that the model does not have
   */
  static Sampler create(SamplingOptions options, Model model, int contextLength) {
    try {
      return Samplers.create(options, model, contextLength);
    } catch (IllegalArgumentException e) {
      throw new CliException(e.getMessage(), e);
    }
  }

  private static void warn(Console console, String line) {
    console.err().println("warning: " + SafeText.oneLine(line));
  }
}
