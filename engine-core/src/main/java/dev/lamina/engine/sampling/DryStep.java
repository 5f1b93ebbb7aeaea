package dev.lamina.engine.sampling;

import java.util.Arrays;

/**
 * DRY ("don't repeat yourself"): lowers the logit of a token that would continue a repetition of
 * earlier tokens. The penalty grows with the length of the repetition. A repetition ends at a
 * sequence breaker.
 */
final class DryStep implements SamplerStep, Candidates.LogitChange {
  private static final int FIRST_CAPACITY = 256;

  private final SamplingOptions.Dry options;
  private final DryBreakers breakers;

  /** Largest number of tokens to look back at. */
  private final int lastN;

  private final float[] penalties;

  /** Ring buffer of the last tokens; it grows up to lastN. */
  private int[] ring;

  private int next;
  private int count;

  /** The last tokens, the newest first. */
  private int[] recent = {};

  /** For each place, how many tokens from there on equal the newest ones. */
  private int[] matches = {};

  /** For each token, the length of the longest repetition that it would continue; 0 for most. */
  private final int[] longest;

  DryStep(SamplingOptions.Dry options, int nVocab, int contextLength, DryBreakers breakers) {
    this.options = options;
    this.breakers = breakers;
    this.lastN = options.lastN() < 0 ? contextLength : Math.min(options.lastN(), contextLength);
    this.ring = new int[Math.min(lastN, FIRST_CAPACITY)];
    this.longest = new int[nVocab];
    this.penalties = penalties(options);
  }

  static SamplerStep create(SamplerSetup setup) {
    SamplingOptions.Dry options = setup.options().dry();
    if (options.isOff()) {
      return null;
    }
    DryBreakers breakers = DryBreakers.of(options.breakers(), setup.tokenizer(), setup.nVocab());
    return new DryStep(options, setup.nVocab(), setup.contextLength(), breakers);
  }

  /**
   * Penalties by the excess of a repetition over the allowed length; the last one is for all longer
   * repetitions.
   */
  private static float[] penalties(SamplingOptions.Dry options) {
    int most = 0;
    if (options.base() > 1.000001f) {
      most = (int) (Math.log(Float.MAX_VALUE) / Math.log(options.base()));
    }
    float[] result = new float[most + 1];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) (options.multiplier() * Math.pow(options.base(), i));
    }
    return result;
  }

  @Override
  public void accept(int token) {
    if (next == ring.length && ring.length < lastN) {
      ring = Arrays.copyOf(ring, (int) Math.min(2L * ring.length, lastN));
    }
    next = next == ring.length ? 0 : next;
    ring[next++] = token;
    count = Math.min(count + 1, lastN);
  }

  @Override
  public void apply(Candidates candidates) {
    if (count <= options.allowedLength()) {
      return;
    }
    listNewestFirst();
    int limit = breakers.distance(recent, count);
    if (limit < options.allowedLength()) {
      return;
    }
    findMatches();
    for (int i = 1; i < count; i++) {
      int length = Math.min(matches[i], limit);
      if (length >= options.allowedLength()) {
        int token = recent[i - 1];
        longest[token] = Math.max(longest[token], length + 1);
      }
    }
    candidates.change(this);
    for (int i = 0; i < count; i++) {
      longest[recent[i]] = 0;
    }
  }

  @Override
  public float apply(int token, float logit) {
    if (longest[token] == 0 || breakers.isBreaker(token)) {
      return logit;
    }
    int excess = longest[token] - 1 - options.allowedLength();
    return logit - penalties[Math.min(excess, penalties.length - 1)];
  }

  private void listNewestFirst() {
    if (recent.length < count) {
      recent = new int[ring.length];
      matches = new int[ring.length];
    }
    int from = next;
    for (int i = 0; i < count; i++) {
      from = from == 0 ? ring.length - 1 : from - 1;
      recent[i] = ring[from];
    }
  }

  /**
   * Computes the Z function of {@link #recent}: one match saves comparisons in the places that it
   * covers.
   */
  private void findMatches() {
    int from = 0;
    int to = 0;
    for (int i = 1; i < count; i++) {
      int n = i < to ? Math.min(to - i, matches[i - from]) : 0;
      while (i + n < count && recent[n] == recent[i + n]) {
        n++;
      }
      matches[i] = n;
      if (i + n > to) {
        from = i;
        to = i + n;
      }
    }
  }
}
