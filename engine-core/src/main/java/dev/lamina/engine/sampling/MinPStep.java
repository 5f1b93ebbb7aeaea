package dev.lamina.engine.sampling;

/** Keeps the tokens that are at least {@code p} times as probable as the likeliest. */
record MinPStep(float p) implements SamplerStep {
  static SamplerStep create(SamplerSetup setup) {
    float p = setup.options().filters().minP();
    return p > 0 ? new MinPStep(p) : null;
  }

  @Override
  public void apply(Candidates candidates) {
    candidates.gather();
    candidates.keepFrom((float) (candidates.maxLogit() + Math.log(p)));
  }

  @Override
  public boolean keepsBest() {
    return true;
  }
}
