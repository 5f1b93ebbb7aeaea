package dev.lamina.engine.sampling;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;

/**
 * The tokens that can still be chosen, and the operations of sampler steps on them. Arrays grow
 * when they are first needed; nothing is allocated per token.
 *
 * <p>At first the candidates are the array of logits, one for each token (<i>dense</i>). The first
 * step that removes candidates gathers the others as {@link CandidateKey}s.
 */
final class Candidates {
  /** Computes a new logit for a candidate. */
  interface LogitChange {
    float apply(int id, float logit);
  }

  /** The logits while nothing is gathered, then null. */
  private float[] dense;

  private long[] keys = {};
  private int size;

  /** True if the candidates are sorted, the likeliest first. */
  private boolean sorted;

  /** Unnormalized probabilities, in the order of keys. */
  private float[] weights = {};

  private double weightSum;

  /** For {@link #keepLowest}: a heap of scores, and the keys to keep. */
  private long[] scores = {};

  private long[] kept = {};

  /** Starts over with these logits, which steps may overwrite. NaN is never a candidate. */
  void reset(float[] logits) {
    dense = logits;
    sorted = false;
  }

  int size() {
    gather();
    return size;
  }

  int id(int i) {
    return CandidateKey.id(keys[i]);
  }

  float logit(int i) {
    return CandidateKey.logit(keys[i]);
  }

  /** Probability of candidate {@code i} from {@link #softmax}, from 0 to 1. */
  double probability(int i) {
    return weights[i] / weightSum;
  }

  /**
   * Gathers all tokens as keys, except those with a logit of NaN or -Infinity.
   *
   * @throws NoCandidateException if nothing is left
   */
  void gather() {
    if (dense == null) {
      return;
    }
    float[] logits = dense;
    ensure(logits.length);
    size = 0;
    for (int i = 0; i < logits.length; i++) {
      if (logits[i] > Float.NEGATIVE_INFINITY) {
        keys[size++] = CandidateKey.of(logits[i], i);
      }
    }
    gathered(false);
  }

  private void gathered(boolean isSorted) {
    dense = null;
    sorted = isSorted;
    if (size == 0) {
      throw new NoCandidateException();
    }
  }

  private void ensure(int n) {
    if (keys.length < n) {
      keys = Arrays.copyOf(keys, n);
    }
  }

  /** Changes the logits of all candidates. */
  void change(LogitChange change) {
    if (dense != null) {
      for (int i = 0; i < dense.length; i++) {
        dense[i] = change.apply(i, dense[i]);
      }
      return;
    }
    for (int i = 0; i < size; i++) {
      keys[i] = CandidateKey.of(change.apply(id(i), logit(i)), id(i));
    }
    sorted = false;
  }

  /** Divides all logits; their order stays the same. */
  void divide(float divisor) {
    gather();
    float max = maxLogit();
    // A tiny divisor must not turn two logits into infinity. In that case their differences are
    // divided.
    float base = Float.isFinite(max / divisor) ? 0 : max;
    for (int i = 0; i < size; i++) {
      keys[i] = CandidateKey.of((logit(i) - base) / divisor, id(i));
    }
  }

  /** Keeps the {@code k} highest logits, sorted. */
  void keepTop(int k) {
    if (dense != null) {
      selectDense(k);
    } else if (!sorted) {
      int limit = Math.min(k, size);
      LongHeap.heapify(keys, limit);
      for (int i = limit; i < size; i++) {
        if (keys[i] > keys[0]) {
          keys[0] = keys[i];
          LongHeap.siftDown(keys, 0, limit);
        }
      }
      size = limit;
      LongHeap.sort(keys, size);
      sorted = true;
    } else {
      size = Math.min(k, size);
    }
  }

  /** As {@link #keepTop}, without gathering all candidates. */
  private void selectDense(int k) {
    float[] logits = dense;
    int limit = Math.min(k, logits.length);
    ensure(limit);
    size = 0;
    int next = 0;
    for (; next < logits.length && size < limit; next++) {
      if (logits[next] > Float.NEGATIVE_INFINITY) {
        keys[size++] = CandidateKey.of(logits[next], next);
      }
    }
    LongHeap.heapify(keys, size);
    if (next < logits.length) {
      replaceByBetter(logits, next);
    }
    LongHeap.sort(keys, size);
    gathered(true);
  }

  private void replaceByBetter(float[] logits, int from) {
    float worst = CandidateKey.logit(keys[0]);
    for (int i = from; i < logits.length; i++) {
      if (logits[i] > worst) {
        keys[0] = CandidateKey.of(logits[i], i);
        LongHeap.siftDown(keys, 0, size);
        worst = CandidateKey.logit(keys[0]);
      }
    }
  }

  /** Sorts, the likeliest first. */
  void sort() {
    gather();
    if (!sorted) {
      LongHeap.heapify(keys, size);
      LongHeap.sort(keys, size);
      sorted = true;
    }
  }

  /**
   * Sets the logits below a bound to -Infinity. These candidates still count, but have no
   * probability. Sorts the others.
   */
  void maskBelow(float bound) {
    gather();
    int n = 0;
    for (int i = 0; i < size; i++) {
      long candidate = keys[i];
      if (CandidateKey.logit(candidate) >= bound) {
        keys[i] = keys[n];
        keys[n++] = candidate;
      }
    }
    for (int i = n; i < size; i++) {
      keys[i] = CandidateKey.of(Float.NEGATIVE_INFINITY, id(i));
    }
    if (!sorted) {
      LongHeap.heapify(keys, n);
      LongHeap.sort(keys, n);
      sorted = true;
    }
  }

  /** Keeps the first {@code n} candidates. */
  void truncate(int n) {
    size = n;
  }

  /** Drops the first {@code n} candidates. */
  void dropFirst(int n) {
    System.arraycopy(keys, n, keys, 0, size - n);
    size -= n;
  }

  /** Keeps the candidates with a logit at or above the bound, in their order. */
  void keepFrom(float bound) {
    gather();
    int n = 0;
    for (int i = 0; i < size; i++) {
      if (logit(i) >= bound) {
        keys[n++] = keys[i];
      }
    }
    size = n;
  }

  /**
   * Keeps the candidates at the wanted places, in their order; at least one place must be wanted.
   */
  void keepIf(IntPredicate wanted) {
    int n = 0;
    // Safe in place: n never exceeds the place that is read.
    for (int i = 0; i < size; i++) {
      if (wanted.test(i)) {
        keys[n++] = keys[i];
      }
    }
    size = n;
  }

  /** Leaves one token, which need not be among the candidates. */
  void keepOnly(int token) {
    keys[0] = CandidateKey.of(0, token);
    size = 1;
    sorted = true;
  }

  /** Keeps the candidate of the highest logit, without gathering all. */
  void keepBest() {
    if (dense == null) {
      keys[0] = maxKey();
      size = 1;
      sorted = true;
      return;
    }
    int best = -1;
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < dense.length; i++) {
      if (dense[i] > max) {
        max = dense[i];
        best = i;
      }
    }
    ensure(1);
    size = best < 0 ? 0 : 1;
    keys[0] = CandidateKey.of(max, Math.max(best, 0));
    gathered(true);
  }

  /**
   * Keeps the candidates with the lowest scores, in the order of the scores, until their
   * probabilities exceed {@code p}. Call {@link #softmax} first.
   *
   * @param score at least 0, by place
   */
  void keepLowest(float p, IntToDoubleFunction score) {
    if (scores.length < size) {
      scores = new long[size];
      kept = new long[keys.length];
    }
    for (int i = 0; i < size; i++) {
      scores[i] = (long) CandidateKey.ordered((float) score.applyAsDouble(i)) << 32 | i;
    }
    LongHeap.heapify(scores, size);
    double cumulative = 0;
    int n = 0;
    while (n < size && cumulative <= p) {
      int i = (int) LongHeap.pop(scores, size - n);
      cumulative += probability(i);
      kept[n++] = keys[i];
    }
    System.arraycopy(kept, 0, keys, 0, n);
    size = n;
    sorted = false;
  }

  /** Keeps the likeliest candidates until their probabilities reach {@code p}, sorted. */
  void keepUntil(float p) {
    softmax();
    if (!sorted) {
      sortUntil(p);
      return;
    }
    double cumulative = 0;
    int n = 0;
    while (n < size && (n == 0 || cumulative < p)) {
      cumulative += probability(n++);
    }
    size = n;
  }

  /**
   * As {@link #keepUntil} without a full sort, because few of many tokens usually reach {@code p}.
   */
  private void sortUntil(float p) {
    float max = maxLogit();
    for (int i = 0; i < size; i++) {
      keys[i] = ~keys[i];
    }
    LongHeap.heapify(keys, size);
    double cumulative = 0;
    int n = 0;
    while (n < size && (n == 0 || cumulative < p)) {
      long key = ~LongHeap.pop(keys, size - n);
      cumulative += Math.exp(CandidateKey.logit(key) - max) / weightSum;
      n++;
    }
    // The popped candidates are now at the end, the likeliest last.
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

  /** Computes the probabilities of all candidates for {@link #probability}. */
  void softmax() {
    gather();
    if (weights.length < size) {
      weights = new float[keys.length];
    }
    float max = maxLogit();
    weightSum = 0;
    for (int i = 0; i < size; i++) {
      weights[i] = (float) Math.exp(logit(i) - max);
      weightSum += weights[i];
    }
  }

  /**
   * Draws a place by the probabilities of {@link #softmax}.
   *
   * @param random from 0 to 1
   */
  int draw(double random) {
    double target = random * weightSum;
    double cumulative = 0;
    for (int i = 0; i < size; i++) {
      cumulative += weights[i];
      if (cumulative >= target) {
        return i;
      }
    }
    return size - 1;
  }

  float maxLogit() {
    return CandidateKey.logit(maxKey());
  }

  private long maxKey() {
    long max = keys[0];
    for (int i = 1; i < (sorted ? 1 : size); i++) {
      max = Math.max(max, keys[i]);
    }
    return max;
  }
}
