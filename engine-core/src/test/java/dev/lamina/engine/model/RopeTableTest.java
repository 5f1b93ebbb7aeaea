package dev.lamina.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.engine.model.RopeConfig.Pairing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RopeTableTest {
  private static final int N_DIMS = 128;

  private static RopeConfig plain(float freqScale, float[] factors, RopeConfig.Yarn yarn) {
    return new RopeConfig(Pairing.HALVES, N_DIMS, 10000f, freqScale, factors, yarn);
  }

  private static double[] angles(RopeConfig config, int position) {
    RopeTable table = new RopeTable(config);
    float[] cos = new float[table.nPairs()];
    float[] sin = new float[table.nPairs()];
    table.fill(position, cos, sin, 0);
    double[] angles = new double[cos.length];
    for (int i = 0; i < cos.length; i++) {
      angles[i] = Math.atan2(sin[i], cos[i]);
    }
    return angles;
  }

  private static double magnitude(RopeConfig config) {
    float[] cos = new float[N_DIMS / 2];
    float[] sin = new float[N_DIMS / 2];
    new RopeTable(config).fill(17, cos, sin, 0);
    return Math.hypot(cos[5], sin[5]);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void plainAnglesAreThePapers(int position) {
    double[] angles = angles(plain(1f, null, null), position);
    for (int i = 1; i < angles.length; i++) {
      assertEquals(position / Math.pow(10000, 2.0 * i / N_DIMS), angles[i], 1e-6, "pair " + i);
    }
  }

  @Test
  void linearScalingStretchesPositions() {
    double[] stretched = angles(plain(0.25f, null, null), 8);
    double[] plain = angles(plain(1f, null, null), 2);
    for (int i = 0; i < plain.length; i++) {
      assertEquals(plain[i], stretched[i], 1e-6, "pair " + i);
    }
  }

  @Test
  void factorsDivideFrequencies() {
    float[] factors = new float[N_DIMS / 2];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = i < 20 ? 1 : 8;
    }
    double[] scaled = angles(plain(1f, factors, null), 8);
    assertEquals(angles(plain(1f, null, null), 8)[10], scaled[10], 1e-6);
    assertEquals(angles(plain(1f, null, null), 1)[40], scaled[40], 1e-6);
  }

  @Test
  void yarnKeepsFastAndInterpolatesSlowPairs() {
    RopeConfig yarn = plain(0.25f, null, new RopeConfig.Yarn(4096, 1f, 1f, 32f, 1f));
    // Pairs that rotate 32 times over 4096 positions: 128 ln(4096 / 64 pi) / (2 ln 10000) = 20.9;
    // once: 45.0. So the ramp runs from pair 20 to pair 46.
    double[] angles = angles(yarn, 1);
    double[] plain = angles(plain(1f, null, null), 1);
    for (int i = 0; i < plain.length; i++) {
      double kept = 1 - Math.clamp((i - 20) / 26.0, 0.0, 1.0);
      assertEquals(plain[i] * (0.25 * (1 - kept) + kept), angles[i], 1e-6, "pair " + i);
    }
    assertEquals(1 + 0.1 * Math.log(4), magnitude(yarn), 1e-6);
  }

  @Test
  void attentionFactorMultipliesMagnitude() {
    RopeConfig yarn = plain(0.25f, null, new RopeConfig.Yarn(4096, 1f, 0.5f, 32f, 1f));
    assertEquals(0.5 * (1 + 0.1 * Math.log(4)), magnitude(yarn), 1e-6);
    RopeConfig without = plain(0.25f, null, new RopeConfig.Yarn(4096, 0f, 0.5f, 32f, 1f));
    assertEquals(0.5, magnitude(without), 1e-6);
  }
}
