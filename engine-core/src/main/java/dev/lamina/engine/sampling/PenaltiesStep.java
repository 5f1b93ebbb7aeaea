package dev.lamina.engine.sampling;

import java.util.Arrays;

/**
 * Repeat, frequency and presence penalties over the last tokens of a sequence: a positive logit is
 * divided by the repeat penalty, another multiplied (Keskar et al. 2019, made safe for negative
 * logits), and then the other two are subtracted (as the OpenAI API defines them).
 */
final class PenaltiesStep implements SamplerStep, Candidates.LogitChange {
  private static final int FIRST_CAPACITY = 256;

  private final float repeat;
  private final float frequency;
  private final float presence;

  /** -1: all of them. */
  private final int lastN;

  /** For each token, its number of occurrences in the window. */
  private final int[] counts;

  /** Ring buffer of the window's tokens, grown up to lastN; empty if lastN is -1. */
  private int[] window;

  private int windowSize;
  private int oldest;

  private PenaltiesStep(SamplingOptions.Penalties options, int nVocab) {
    this.repeat = options.repeat();
    this.frequency = options.frequency();
    this.presence = options.presence();
    this.lastN = options.lastN();
    this.counts = new int[nVocab];
    this.window = new int[Math.clamp(lastN, 0, FIRST_CAPACITY)];
  }

  static SamplerStep create(SamplerSetup setup) {
    SamplingOptions.Penalties options = setup.options().penalties();
    return options.isOff() ? null : new PenaltiesStep(options, setup.nVocab());
  }

  @Override
  public void accept(int token) {
    counts[token]++;
    if (lastN < 0) {
      return;
    }
    if (windowSize == lastN) {
      counts[window[oldest]]--;
      window[oldest] = token;
      oldest = oldest + 1 == lastN ? 0 : oldest + 1;
      return;
    }
    if (windowSize == window.length) {
      // The ring is not full yet: nothing was dropped and the oldest token is still at 0.
      window = Arrays.copyOf(window, (int) Math.min(2L * windowSize, lastN));
    }
    window[windowSize++] = token;
  }

  @Override
  public void apply(Candidates candidates) {
    candidates.change(this);
  }

  @Override
  public float apply(int token, float logit) {
    int count = counts[token];
    if (count == 0) {
      return logit;
    }
    float divided = logit <= 0 ? logit * repeat : logit / repeat;
    return divided - (count * frequency + presence);
  }
}
