package dev.lamina.engine.sampling;

/**
 * Adaptive-p: draws tokens with a probability near a target. The target moves so that the average
 * probability of the chosen tokens stays at the user's value. A token's logit falls with the
 * distance of its probability from the target: quadratically when near, linearly when far.
 */
final class AdaptiveP implements TokenChoice, Candidates.LogitChange {
  private static final float WIDTH = 0.3f;
  private static final float PEAK = 5;
  private static final float SHARPNESS = 10;
  private static final float MOST_DECAY = 0.99f;

  private final float target;
  private final float decay;
  private final Mt19937 random;

  /** Weighted sum of the probabilities of chosen tokens; older ones weigh less. */
  private float weightedSum;

  private float totalWeight;
  private Candidates candidates;
  private int place;
  private float adapted;
  private float[] probabilities = {};
  private int chosen = -1;
  private float chosenProbability;

  AdaptiveP(SamplingOptions.Adaptive options, Mt19937 random) {
    this.target = options.target();
    this.decay = Math.clamp(options.decay(), 0, MOST_DECAY);
    this.random = random;
    this.totalWeight = 1 / (1 - decay);
    this.weightedSum = target / (1 - decay);
  }

  @Override
  public int choose(Candidates all) {
    candidates = all;
    candidates.softmax();
    if (target < 0) {
      return candidates.id(DrawChoice.discrete(candidates, random));
    }
    int n = candidates.size();
    if (probabilities.length < n) {
      probabilities = new float[n];
    }
    for (int i = 0; i < n; i++) {
      probabilities[i] = (float) candidates.probability(i);
    }
    float goal = Math.clamp(target, 0, 1);
    adapted = Math.clamp(2 * goal - weightedSum / totalWeight, 0, 1);
    place = 0;
    candidates.change(this);
    candidates.softmax();
    int drawn = DrawChoice.discrete(candidates, random);
    chosen = candidates.id(drawn);
    chosenProbability = probabilities[drawn];
    return chosen;
  }

  /** Called for each candidate in order. */
  @Override
  public float apply(int id, float logit) {
    float distance = Math.abs(probabilities[place++] - adapted) / WIDTH;
    return logit == Float.NEGATIVE_INFINITY
        ? logit
        : PEAK - SHARPNESS * distance * distance / (1 + distance);
  }

  @Override
  public void accept(int token) {
    if (token == chosen) {
      weightedSum = chosenProbability + decay * weightedSum;
      totalWeight = 1 + decay * totalWeight;
    }
    chosen = -1;
  }
}
