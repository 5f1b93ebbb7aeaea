package dev.lamina.cli;

import dev.lamina.engine.schedule.Session;
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
      Console console, Session session, SamplingFlags flags, boolean escape) {
    SamplingOptions recommended =
        ModelSampling.of(
            session.model().metadata(), SamplingOptions.defaults(), line -> warn(console, line));
    return flags.options(recommended, escape, line -> warn(console, line));
  }

  /**
   * Makes the sampler of a session.
   *
   * @throws CliException if a logit bias is for a token that the model does not have
   */
  static Sampler create(SamplingOptions options, Session session) {
    try {
      return Samplers.create(options, session.model(), session.contextLength());
    } catch (IllegalArgumentException e) {
      throw new CliException(e.getMessage(), e);
    }
  }

  private static void warn(Console console, String line) {
    console.err().println("warning: " + SafeText.oneLine(line));
  }
}
