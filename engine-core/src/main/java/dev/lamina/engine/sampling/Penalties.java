package dev.lamina.engine.sampling;

import java.util.Arrays;

/**
 * Repeat, frequency and presence penalties over the last tokens of a sequence: a positive logit is
 * divided by the repeat penalty, another multiplied (Keskar et al. 2019, made safe for negative
 * logits), and then the other two are subtracted (as the OpenAI API defines them).
 */
final class Penalties {
  private static final int FIRST_CAPACITY = 256;

  private final float repeat;
  private final float frequency;
  private final float presence;

  /** -1: all of them. */
  private final int lastN;

  /** Per token, how often it stands in the window. */
  private final int[] counts;

  /** Ring of the window's tokens, grown up to lastN; empty if lastN is -1. */
  private int[] window;

  private int windowSize;
  private int oldest;

  Penalties(SamplingOptions options, int nVocab) {
    this.repeat = options.repeatPenalty();
    this.frequency = options.frequencyPenalty();
    this.presence = options.presencePenalty();
    this.lastN = options.penaltyLastN();
    this.counts = new int[nVocab];
    this.window = new int[Math.clamp(lastN, 0, FIRST_CAPACITY)];
  }

  static boolean areIn(SamplingOptions options) {
    return options.penaltyLastN() != 0
        && (options.repeatPenalty() != 1
            || options.frequencyPenalty() != 0
            || options.presencePenalty() != 0);
  }

  void accept(int token) {
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
      // Not full yet, so nothing was dropped and the oldest is still at 0.
      window = Arrays.copyOf(window, (int) Math.min(2L * windowSize, lastN));
    }
    window[windowSize++] = token;
  }

  void apply(float[] logits) {
    for (int token = 0; token < counts.length; token++) {
      int count = counts[token];
      if (count > 0) {
        float logit = logits[token];
        logit = logit <= 0 ? logit * repeat : logit / repeat;
        logits[token] = logit - (count * frequency + presence);
      }
    }
  }
}
