package dev.lamina.engine.sampling;

/**
 * Keeps the tokens whose logit is within {@code n} standard deviations of the highest (Tang et al.
 * 2024).
 */
record TopNSigmaStep(float n) implements SamplerStep {
  static SamplerStep create(SamplerSetup setup) {
    float n = setup.options().filters().topNSigma();
    return n > 0 ? new TopNSigmaStep(n) : null;
  }

  @Override
  public void apply(Candidates candidates) {
    if (candidates.size() < 2) {
      return;
    }
    double sum = 0;
    int count = 0;
    for (int i = 0; i < candidates.size(); i++) {
      if (candidates.logit(i) > Float.NEGATIVE_INFINITY) {
        sum += candidates.logit(i);
        count++;
      }
    }
    double mean = sum / count;
    double squares = 0;
    for (int i = 0; i < candidates.size(); i++) {
      if (candidates.logit(i) > Float.NEGATIVE_INFINITY) {
        double distance = candidates.logit(i) - mean;
        squares += distance * distance;
      }
    }
    candidates.maskBelow((float) (candidates.maxLogit() - n * Math.sqrt(squares / count)));
  }

  @Override
  public boolean keepsBest() {
    return true;
  }
}
