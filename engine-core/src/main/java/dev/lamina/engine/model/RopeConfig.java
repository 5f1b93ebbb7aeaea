package dev.lamina.engine.model;

/**
 * Rotary position embedding with its scaling for long contexts.
 *
 * @param pairing which elements of a head are rotated together
 * @param nDims leading dimensions of a head that are rotated, even
 * @param freqBase theta, 10000 in the paper
 * @param freqScale positions are multiplied by this; 1/factor of linear and YaRN scaling
 * @param freqFactors [nDims/2] divisors of each frequency (Llama 3), or null
 * @param yarn YaRN parameters, or null for plain or linear
 */
public record RopeConfig(
    Pairing pairing, int nDims, float freqBase, float freqScale, float[] freqFactors, Yarn yarn) {

  /** Layout of the pairs of elements that are rotated together. */
  public enum Pairing {
    /** Elements 2i and 2i+1. */
    INTERLEAVED,
    /** Elements i and i + nDims/2. */
    HALVES
  }

  /**
   * YaRN (arXiv 2309.00071).
   *
   * @param originalContext the context that the model was trained with before extension
   * @param extFactor mix of extrapolation, 1 by default
   * @param attnFactor magnitude multiplier on top of YaRN's own
   * @param betaFast rotations above which a dimension is not interpolated, 32 by default
   * @param betaSlow rotations below which a dimension is fully interpolated, 1 by default
   */
  public record Yarn(
      int originalContext, float extFactor, float attnFactor, float betaFast, float betaSlow) {}
}
