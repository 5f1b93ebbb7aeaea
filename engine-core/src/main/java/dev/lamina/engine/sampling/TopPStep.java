package dev.lamina.engine.sampling;

/** Keeps the likeliest tokens until their probabilities reach {@code p} (Holtzman et al. 2019). */
record TopPStep(float p) implements SamplerStep {
  static SamplerStep create(SamplerSetup setup) {
    float p = setup.options().filters().topP();
    return p < 1 ? new TopPStep(p) : null;
  }

  @Override
  public void apply(Candidates candidates) {
    candidates.keepUntil(p);
  }

  @Override
  public boolean keepsBest() {
    return true;
  }
}
