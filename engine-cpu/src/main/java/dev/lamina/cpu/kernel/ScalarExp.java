package dev.lamina.cpu.kernel;

/**
 * The exponential function of a float. {@code e^x = 2^k * e^r} with whole k and |r| at most
 * ln(2)/2, so that seven terms of the power series have an error below 0.05 ulp. Including
 * rounding, the result is within 2 ulp. Vectors are computed by the same operations and have the
 * same bits.
 */
public final class ScalarExp {
  public static final float LOG2_E = (float) (1 / Math.log(2));

  /** ln(2) as the sum of two floats. */
  public static final float LN2 = (float) Math.log(2);

  public static final float LN2_REST = (float) (Math.log(2) - LN2);

  /** Added to a float below 2^22 this leaves its nearest integer in the lowest bits. */
  public static final float ROUND = 0x1.8p23f;

  public static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);

  /** Results are 0 below this, and infinite above {@link #HIGHEST}. */
  public static final float LOWEST = -104;

  public static final float HIGHEST = 89;

  /** Added to an exponent in the bits of a float. */
  public static final int BIAS = 127;

  private static final float[] COEFFICIENTS = {
    1f / 5040, 1f / 720, 1f / 120, 1f / 24, 1f / 6, 0.5f, 1, 1
  };

  private ScalarExp() {}

  /** Number of terms of the power series. */
  public static int terms() {
    return COEFFICIENTS.length;
  }

  /** A coefficient of the power series, the one of the highest power first. */
  public static float coefficient(int i) {
    return COEFFICIENTS[i];
  }

  /** {@code e^x}; NaN stays NaN. */
  public static float exp(float unlimited) {
    float x = Math.min(Math.max(unlimited, LOWEST), HIGHEST);
    float rounded = Math.fma(x, LOG2_E, ROUND);
    float k = rounded - ROUND;
    float r = Math.fma(k, -LN2_REST, Math.fma(k, -LN2, x));
    float p = COEFFICIENTS[0];
    for (int i = 1; i < COEFFICIENTS.length; i++) {
      p = Math.fma(p, r, COEFFICIENTS[i]);
    }
    int whole = Float.floatToRawIntBits(rounded) - ROUND_BITS;
    int half = whole >> 1;
    return p * powerOf2(half) * powerOf2(whole - half);
  }

  private static float powerOf2(int k) {
    return Float.intBitsToFloat(k + BIAS << 23);
  }
}
