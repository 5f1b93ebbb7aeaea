package dev.lamina.engine.sampling;

/**
 * Divides the logits by a temperature: a fixed one, or one that grows with the entropy of the
 * choice, from {@code value - dynamicRange} to {@code value + dynamicRange}. 0 or less keeps the
 * likeliest token only.
 */
record TemperatureStep(SamplingOptions.Temperature options) implements SamplerStep {
  static SamplerStep create(SamplerSetup setup) {
    SamplingOptions.Temperature options = setup.options().temperature();
    return options.value() == 1 && !options.isDynamic() ? null : new TemperatureStep(options);
  }

  @Override
  public void apply(Candidates candidates) {
    if (!options.isDynamic()) {
      apply(options.value(), candidates);
    } else if (candidates.size() > 1) {
      candidates.sort();
      candidates.softmax();
      double share = Entropy.of(candidates) / Math.log(candidates.size());
      float least = Math.max(0, options.value() - options.dynamicRange());
      float most = options.value() + options.dynamicRange();
      float grown = (float) Math.pow(share, options.dynamicExponent());
      apply(least + (most - least) * grown, candidates);
    }
  }

  private static void apply(float temperature, Candidates candidates) {
    if (temperature <= 0) {
      candidates.keepBest();
    } else {
      candidates.divide(temperature);
    }
  }

  @Override
  public boolean keepsBest() {
    return true;
  }
}
