package dev.lamina.engine.model;

/**
 * The user's RoPE settings, which replace the file's; null keeps the file's value.
 *
 * @param scaling none, linear or yarn
 * @param scale context extension factor, the inverse of {@code freqScale}
 * @param freqBase theta
 * @param freqScale position multiplier
 * @param yarnOriginalContext training context before extension
 */
public record RopeOverrides(
    Scaling scaling,
    Float scale,
    Float freqBase,
    Float freqScale,
    Integer yarnOriginalContext,
    Float yarnExtFactor,
    Float yarnAttnFactor,
    Float yarnBetaFast,
    Float yarnBetaSlow) {

  /** Ways to stretch the positions. */
  public enum Scaling {
    NONE,
    LINEAR,
    YARN
  }

  public static RopeOverrides none() {
    return new RopeOverrides(null, null, null, null, null, null, null, null, null);
  }
}
