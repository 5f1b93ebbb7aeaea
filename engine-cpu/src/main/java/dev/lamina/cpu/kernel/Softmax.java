package dev.lamina.cpu.kernel;

import dev.lamina.engine.rows.Elementary;

/** The factors that normalize exponentials which were computed in parts. */
public final class Softmax {
  private Softmax() {}

  /**
   * Computes the factors that turn exponentials into weights with the sum 1 over all parts of a
   * row.
   *
   * @param softmax results of {@link AttentionKernels#exponentials} for each part, from {@code at}
   *     on; the part's factor replaces its largest score
   */
  public static void factors(float[] softmax, int at, int nParts) {
    if (nParts == 1) {
      softmax[at] = 1 / softmax[at + 1]; // NaN if the largest score is not finite
      return;
    }
    int end = at + 2 * nParts;
    float max = Float.NEGATIVE_INFINITY;
    for (int i = at; i < end; i += 2) {
      max = Math.max(max, softmax[i]);
    }
    float total = 0;
    for (int i = at; i < end; i += 2) {
      softmax[i] = Elementary.exp(softmax[i] - max);
      total = Math.fma(softmax[i], softmax[i + 1], total);
    }
    for (int i = at; i < end; i += 2) {
      softmax[i] /= total;
    }
  }
}
