package dev.lamina.engine.sampling;

/** Logit bias, penalties, filters, temperature and draw, in llama.cpp's order. */
final class ChainSampler implements Sampler {
  private final SamplingOptions options;
  private final int nVocab;
  private final long seed;
  private final int[] biasIds;
  private final float[] biases;

  /** Null if no penalty is in force. */
  private final Penalties penalties;

  /** Null if greedy. */
  private final Candidates candidates;

  private final Mt19937 random;

  /**
   * @param seed 0 to 2^32 - 1
   */
  ChainSampler(SamplingOptions options, int nVocab, long seed) {
    this.options = options;
    this.nVocab = nVocab;
    this.seed = seed;
    this.biasIds = options.logitBias().keySet().stream().mapToInt(id -> id).sorted().toArray();
    this.biases = new float[biasIds.length];
    for (int i = 0; i < biases.length; i++) {
      biases[i] = options.logitBias().get(biasIds[i]);
    }
    this.penalties = Penalties.areIn(options) ? new Penalties(options, nVocab) : null;
    this.candidates = options.isGreedy() ? null : new Candidates(options, nVocab);
    this.random = new Mt19937((int) seed);
  }

  @Override
  public int sample(float[] logits) {
    adjust(logits);
    if (candidates == null) {
      return argmax(logits);
    }
    filter(logits);
    return candidates.draw(options.temperature(), random);
  }

  /** The tokens that may be drawn, before the temperature. */
  Candidates filter(float[] logits) {
    candidates.select(logits, options.topK());
    if (candidates.size() == 0) {
      throw new NoCandidateException();
    }
    candidates.typical(options.typicalP());
    candidates.topP(options.topP());
    candidates.minP(options.minP());
    return candidates;
  }

  private void adjust(float[] logits) {
    if (logits.length != nVocab) {
      throw new IllegalArgumentException(
          logits.length + " logits for a vocabulary of " + nVocab + " tokens");
    }
    for (int i = 0; i < biasIds.length; i++) {
      logits[biasIds[i]] += biases[i];
    }
    if (penalties != null) {
      penalties.apply(logits);
    }
  }

  private static int argmax(float[] logits) {
    int best = -1;
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < logits.length; i++) {
      if (logits[i] > max) {
        max = logits[i];
        best = i;
      }
    }
    if (best < 0) {
      throw new NoCandidateException();
    }
    return best;
  }

  @Override
  public void accept(int token) {
    if (token < 0 || token >= nVocab) {
      throw new IllegalArgumentException(
          "token " + token + " is outside the vocabulary of " + nVocab + " tokens");
    }
    if (penalties != null) {
      penalties.accept(token);
    }
  }

  @Override
  public long seed() {
    return seed;
  }
}
