package dev.lamina.engine.model;

/**
 * Rotation angles of a {@link RopeConfig}: the same for every layer and head, so computed once per
 * model.
 */
public final class RopeTable {
  private final double[] anglePerPosition;
  private final double magnitude;
  private final boolean halves;

  public RopeTable(RopeConfig config) {
    int nPairs = config.nDims() / 2;
    anglePerPosition = new double[nPairs];
    for (int i = 0; i < nPairs; i++) {
      double plain = Math.pow(config.freqBase(), -2.0 * i / config.nDims());
      if (config.freqFactors() != null) {
        plain /= config.freqFactors()[i];
      }
      double interpolated = plain * config.freqScale();
      double mix = config.yarn() == null ? 0 : extrapolation(config, i);
      anglePerPosition[i] = interpolated * (1 - mix) + plain * mix;
    }
    magnitude = magnitude(config);
    halves = config.pairing() == RopeConfig.Pairing.HALVES;
  }

  /** Pairs of a head that are rotated. */
  public int nPairs() {
    return anglePerPosition.length;
  }

  /** Writes cosine and sine of each pair at a position to {@code [offset, offset + nPairs)}. */
  public void fill(int position, float[] cos, float[] sin, int offset) {
    for (int i = 0; i < anglePerPosition.length; i++) {
      double angle = position * anglePerPosition[i];
      cos[offset + i] = (float) (Math.cos(angle) * magnitude);
      sin[offset + i] = (float) (Math.sin(angle) * magnitude);
    }
  }

  /** Number of elements of {@link #fillRow}. */
  public int rowLength() {
    return (halves ? 2 : 4) * anglePerPosition.length;
  }

  /**
   * Writes the factors of a position as the row programs take them. For halves: the cosine of each
   * pair, then their sines. For neighbors: the cosine of each pair twice, then its sine twice, the
   * first one negative.
   */
  public void fillRow(int position, float[] to, int at) {
    int n = anglePerPosition.length;
    for (int i = 0; i < n; i++) {
      double angle = position * anglePerPosition[i];
      float cos = (float) (Math.cos(angle) * magnitude);
      float sin = (float) (Math.sin(angle) * magnitude);
      if (halves) {
        to[at + i] = cos;
        to[at + n + i] = sin;
      } else {
        to[at + 2 * i] = cos;
        to[at + 2 * i + 1] = cos;
        to[at + 2 * (n + i)] = -sin;
        to[at + 2 * (n + i) + 1] = sin;
      }
    }
  }

  /**
   * Share of the trained frequency that pair i keeps: 1 for fast pairs, 0 for slow ones, a ramp
   * between.
   */
  private static double extrapolation(RopeConfig config, int i) {
    RopeConfig.Yarn yarn = config.yarn();
    double low = Math.max(0, Math.floor(pairAtRotations(config, yarn.betaFast())));
    double high = Math.min(config.nDims() - 1, Math.ceil(pairAtRotations(config, yarn.betaSlow())));
    double ramp = Math.clamp((i - low) / Math.max(0.001, high - low), 0.0, 1.0);
    return (1 - ramp) * yarn.extFactor();
  }

  /** The pair, as a fraction, that makes this many rotations over the original context. */
  private static double pairAtRotations(RopeConfig config, double rotations) {
    double wavelengths = config.yarn().originalContext() / (rotations * 2 * Math.PI);
    return config.nDims() * Math.log(wavelengths) / (2 * Math.log(config.freqBase()));
  }

  private static double magnitude(RopeConfig config) {
    RopeConfig.Yarn yarn = config.yarn();
    if (yarn == null) {
      return 1;
    }
    double factor = 1.0 / config.freqScale();
    double temperature = yarn.extFactor() != 0 && factor > 1 ? 1 + 0.1 * Math.log(factor) : 1;
    return yarn.attnFactor() * temperature;
  }
}
