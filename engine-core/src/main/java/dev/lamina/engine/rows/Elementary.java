package dev.lamina.engine.rows;

/**
 * Exponential and logarithm as executors of row programs compute them: only by operations whose
 * results are the same to the last bit everywhere.
 *
 * <p>{@code e^x = 2^k * e^r} with whole k and |r| at most ln(2)/2, so that seven terms of the power
 * series have an error below 0.05 ulp; including rounding, the result is within 2 ulp. {@code
 * log(2^k * m) = k ln(2) + 2 artanh((m - 1) / (m + 1))} with m between sqrt(1/2) and sqrt(2), where
 * five terms have an error below 1e-9 of the result.
 */
public final class Elementary {
  public static final float LOG2_E = (float) (1 / Math.log(2));

  /** ln(2) as the sum of two floats. */
  public static final float LN2 = (float) Math.log(2);

  public static final float LN2_REST = (float) (Math.log(2) - LN2);

  /** Added to a float below 2^22 this leaves its nearest integer in the lowest bits. */
  public static final float ROUND = 0x1.8p23f;

  /** The result is 0 below this, and infinite above {@link #HIGHEST}. */
  public static final float LOWEST = -104;

  public static final float HIGHEST = 89;

  /** Bits of sqrt(1/2). */
  public static final int ROOT_HALF = 0x3f3504f3;

  /** Factors of the powers of r, the highest first. */
  public static final float[] EXP_TERMS = {
    1f / 5040, 1f / 720, 1f / 120, 1f / 24, 1f / 6, 0.5f, 1, 1
  };

  /** Factors of the powers of the square, the highest first. */
  public static final float[] LOG_TERMS = {2f / 9, 2f / 7, 2f / 5, 2f / 3, 2};

  private static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);

  private Elementary() {}

  public static float exp(float unlimited) {
    float x = Math.min(Math.max(unlimited, LOWEST), HIGHEST);
    float rounded = Math.fma(x, LOG2_E, ROUND);
    float k = rounded - ROUND;
    float r = Math.fma(k, -LN2_REST, Math.fma(k, -LN2, x));
    float p = Math.fma(1f / 5040, r, 1f / 720);
    p = Math.fma(p, r, 1f / 120);
    p = Math.fma(p, r, 1f / 24);
    p = Math.fma(p, r, 1f / 6);
    p = Math.fma(p, r, 0.5f);
    p = Math.fma(p, r, 1);
    p = Math.fma(p, r, 1);
    // 2^k as two factors, because k itself exceeds the range of exponents at both ends.
    int whole = Float.floatToRawIntBits(rounded) - ROUND_BITS;
    int half = whole >> 1;
    return p * powerOf2(half) * powerOf2(whole - half);
  }

  private static float powerOf2(int k) {
    return Float.intBitsToFloat(k + 127 << 23);
  }

  /**
   * @param x positive and normal
   */
  public static float log(float x) {
    int bits = Float.floatToRawIntBits(x);
    int exponent = bits - ROOT_HALF >> 23;
    float f = Float.intBitsToFloat(bits - (exponent << 23)) - 1;
    float s = f / (f + 2);
    float square = s * s;
    float p = Math.fma(2f / 9, square, 2f / 7);
    p = Math.fma(p, square, 2f / 5);
    p = Math.fma(p, square, 2f / 3);
    p = Math.fma(p, square, 2);
    return Math.fma((float) exponent, LN2, p * s);
  }
}
