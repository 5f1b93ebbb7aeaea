package dev.lamina.engine.sampling;

import java.util.function.IntToDoubleFunction;

/**
 * Keeps the tokens whose information is nearest to the entropy until their probabilities exceed
 * {@code p} (Meister et al. 2022), in that order.
 */
final class TypicalPStep implements SamplerStep, IntToDoubleFunction {
  private final float p;
  private Candidates candidates;
  private double entropy;

  private TypicalPStep(float p) {
    this.p = p;
  }

  static SamplerStep create(SamplerSetup setup) {
    float p = setup.options().filters().typicalP();
    return p < 1 ? new TypicalPStep(p) : null;
  }

  @Override
  public void apply(Candidates all) {
    candidates = all;
    candidates.softmax();
    entropy = Entropy.of(candidates);
    candidates.keepLowest(p, this);
  }

  /** Distance of the information of the candidate at a place from the entropy. */
  @Override
  public double applyAsDouble(int place) {
    return Math.abs(-Math.log(candidates.probability(place)) - entropy);
  }
}
