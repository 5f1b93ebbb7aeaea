package dev.lamina.engine.sampling;

/**
 * Exclude top choices: with a given probability, drops all tokens that reach the threshold, except
 * the least likely of them.
 */
final class XtcStep implements SamplerStep {
  /** Two tokens cannot both be above this. */
  private static final float MOST_THRESHOLD = 0.5f;

  private final SamplingOptions.Xtc options;
  private final Mt19937 random;

  private XtcStep(SamplingOptions.Xtc options, Mt19937 random) {
    this.options = options;
    this.random = random;
  }

  static SamplerStep create(SamplerSetup setup) {
    SamplingOptions.Xtc options = setup.options().xtc();
    return options.probability() <= 0 || options.threshold() > MOST_THRESHOLD
        ? null
        : new XtcStep(options, setup.random());
  }

  @Override
  public void apply(Candidates candidates) {
    if (candidates.size() < 2 || random.nextFloat() > options.probability()) {
      return;
    }
    candidates.sort();
    candidates.softmax();
    int reaching = 0;
    while (reaching < candidates.size()
        && candidates.probability(reaching) >= options.threshold()) {
      reaching++;
    }
    if (reaching > 1) {
      candidates.dropFirst(reaching - 1);
    }
  }
}
