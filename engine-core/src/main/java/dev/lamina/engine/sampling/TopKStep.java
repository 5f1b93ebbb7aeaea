package dev.lamina.engine.sampling;

/** Keeps the {@code k} likeliest tokens (Fan et al. 2018), sorted. */
record TopKStep(int k) implements SamplerStep {
  static SamplerStep create(SamplerSetup setup) {
    int k = setup.options().filters().topK();
    return k > 0 ? new TopKStep(k) : null;
  }

  @Override
  public void apply(Candidates candidates) {
    candidates.keepTop(k);
  }

  @Override
  public boolean keepsBest() {
    return true;
  }
}
