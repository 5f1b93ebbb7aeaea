package dev.lamina.engine.sampling;

/**
 * The tokens that are still in the choice, and the steps that narrow them down. All arrays are made
 * once.
 *
 * <p>A candidate is one long whose signed order is the order of preference: the logit's bits, made
 * monotonic, above the complement of the token id; so of equal logits the lower id is preferred.
 */
final class Candidates {
  private long[] keys;
  private int size;

  /** True if the most probable comes first. */
  private boolean sorted;

  /** Unnormalised probabilities, in the order of keys. */
  private final float[] weights;

  private double weightSum;

  /** For typical-p only, otherwise empty: a heap of scores, and the keys that it keeps. */
  private final long[] scores;

  private long[] kept;

  Candidates(SamplingOptions options, int nVocab) {
    int capacity = options.topK() > 0 ? Math.min(options.topK(), nVocab) : nVocab;
    int typicalCapacity = options.typicalP() < 1 ? capacity : 0;
    this.keys = new long[capacity];
    this.weights = new float[capacity];
    this.scores = new long[typicalCapacity];
    this.kept = new long[typicalCapacity];
  }

  int size() {
    return size;
  }

  int id(int i) {
    return ~(int) keys[i];
  }

  float logit(int i) {
    return logitOf(keys[i]);
  }

  /**
   * Starts over with the {@code k} highest logits, sorted, or with all of them in the order of
   * their ids if {@code k} is 0 or less. NaN and -Infinity are left out.
   */
  void select(float[] logits, int k) {
    int limit = k > 0 ? Math.min(k, logits.length) : logits.length;
    size = 0;
    int next = 0;
    for (; next < logits.length && size < limit; next++) {
      if (logits[next] > Float.NEGATIVE_INFINITY) {
        keys[size++] = key(logits[next], next);
      }
    }
    sorted = k > 0;
    if (sorted) {
      LongHeap.heapify(keys, size);
      replaceByBetter(logits, next);
      // Each pop puts the worst behind the others.
      for (int end = size; end > 1; end--) {
        LongHeap.pop(keys, end);
      }
    }
  }

  private void replaceByBetter(float[] logits, int from) {
    if (from == logits.length) {
      return;
    }
    float worst = logitOf(keys[0]);
    for (int i = from; i < logits.length; i++) {
      if (logits[i] > worst) {
        keys[0] = key(logits[i], i);
        LongHeap.siftDown(keys, 0, size);
        worst = logitOf(keys[0]);
      }
    }
  }

  /**
   * Keeps the tokens whose information is nearest to the entropy until their probabilities exceed
   * {@code p} (Meister et al. 2022); leaves them in that order. 1: all.
   */
  void typical(float p) {
    if (p >= 1) {
      return;
    }
    float max = softmax(1);
    double logSum = Math.log(weightSum);
    double entropy = 0;
    for (int i = 0; i < size; i++) {
      if (weights[i] > 0) {
        entropy -= weights[i] / weightSum * (logit(i) - max - logSum);
      }
    }
    for (int i = 0; i < size; i++) {
      float score = (float) Math.abs(logSum - (logit(i) - max) - entropy);
      scores[i] = (long) ordered(score) << 32 | i;
    }
    LongHeap.heapify(scores, size);
    double cumulative = 0;
    int n = 0;
    while (n < size && cumulative <= p) {
      int i = (int) LongHeap.pop(scores, size - n);
      cumulative += weights[i] / weightSum;
      kept[n++] = keys[i];
    }
    long[] all = keys;
    keys = kept;
    kept = all;
    size = n;
    sorted = false;
  }

  /**
   * Keeps the most probable tokens until their probabilities reach {@code p} (Holtzman et al.
   * 2019), sorted. 1: all, as they are.
   */
  void topP(float p) {
    if (p >= 1) {
      return;
    }
    if (!sorted) {
      sortUntil(p);
      return;
    }
    softmax(1);
    double cumulative = 0;
    int n = 0;
    while (n < size && (n == 0 || cumulative < p)) {
      cumulative += weights[n++] / weightSum;
    }
    size = n;
  }

  /** Top-p without a full sort: few of many tokens usually make up {@code p}. */
  private void sortUntil(float p) {
    float max = softmax(1);
    for (int i = 0; i < size; i++) {
      keys[i] = ~keys[i];
    }
    LongHeap.heapify(keys, size);
    double cumulative = 0;
    int n = 0;
    while (n < size && (n == 0 || cumulative < p)) {
      long key = ~LongHeap.pop(keys, size - n);
      cumulative += Math.exp(logitOf(key) - max) / weightSum;
      n++;
    }
    // The popped ones now stand at the end, the most probable last.
    int first = size - n;
    for (int i = 0; i < (n + 1) / 2; i++) {
      long low = keys[first + i];
      keys[first + i] = ~keys[size - 1 - i];
      keys[size - 1 - i] = ~low;
    }
    System.arraycopy(keys, first, keys, 0, n);
    size = n;
    sorted = true;
  }

  /** Keeps the tokens that are at least {@code p} times as probable as the best. 0: all. */
  void minP(float p) {
    if (p <= 0) {
      return;
    }
    float least = (float) (maxLogit() + Math.log(p));
    int n = 0;
    for (int i = 0; i < size; i++) {
      if (logit(i) >= least) {
        keys[n++] = keys[i];
      }
    }
    size = n;
  }

  /** Draws one token by the probabilities at this temperature; always takes one random number. */
  int draw(float temperature, Mt19937 random) {
    softmax(temperature);
    double target = random.nextDouble() * weightSum;
    double cumulative = 0;
    for (int i = 0; i < size; i++) {
      cumulative += weights[i];
      if (cumulative >= target) {
        return id(i);
      }
    }
    return id(size - 1);
  }

  /** The probability of candidate {@code i} among the candidates, at temperature 1. */
  double probability(int i) {
    softmax(1);
    return weights[i] / weightSum;
  }

  private float softmax(float temperature) {
    float max = maxLogit();
    weightSum = 0;
    for (int i = 0; i < size; i++) {
      // The difference first: a tiny temperature must not make an infinity of both.
      weights[i] = (float) Math.exp((logit(i) - max) / (double) temperature);
      weightSum += weights[i];
    }
    return max;
  }

  private float maxLogit() {
    long max = keys[0];
    for (int i = 1; i < (sorted ? 1 : size); i++) {
      max = Math.max(max, keys[i]);
    }
    return logitOf(max);
  }

  private static long key(float logit, int id) {
    // Infinity would make NaN of a difference; + 0 makes 0 of -0.
    float finite = Math.min(logit, Float.MAX_VALUE) + 0.0f;
    return (long) ordered(finite) << 32 | (~id & 0xffffffffL);
  }

  private static float logitOf(long key) {
    int bits = (int) (key >> 32);
    return Float.intBitsToFloat(bits ^ ((bits >> 31) & 0x7fffffff));
  }

  /** The float's bits, changed so that ints compare as the floats do. */
  private static int ordered(float value) {
    int bits = Float.floatToRawIntBits(value);
    return bits ^ ((bits >> 31) & 0x7fffffff);
  }
}
