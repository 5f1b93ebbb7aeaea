package dev.lamina.bench.synthetic;

import dev.lamina.kernels.TensorType;

/**
 * The scales that the random blocks of one type use, in the encodings that types store them in;
 * picked by random bits. For types without blocks the scales are the elements.
 */
final class ScaleTable {
  private static final int SIZE = 1 << 12;

  private final TensorType type;
  private final int[] floats = new int[SIZE];
  private final int[] halves = new int[SIZE];
  private final int[] mins = new int[SIZE];
  private final byte[] byteCodes = new byte[SIZE];

  ScaleTable(TensorType type) {
    this.type = type;
  }

  /** Spreads the scales about this one: by a quarter, elements from near 0 to twice it. */
  void set(float middle) {
    float spread = type.blockSize() == 1 ? 1 : 0.25f;
    double[] codeValues = codeValues();
    for (int i = 0; i < SIZE; i++) {
      float scale = middle * (1 - spread + spread * (2 * i + 1) / SIZE);
      floats[i] = Float.floatToRawIntBits(scale);
      halves[i] = Short.toUnsignedInt(Float.floatToFloat16(scale));
      mins[i] = Short.toUnsignedInt(Float.floatToFloat16(scale * minPerScale()));
      // Dithered, since the codes are coarse.
      double dither = i * 0.6180339887498949 % 1;
      byteCodes[i] = (byte) nearestCode(codeValues, scale, dither);
    }
  }

  /** IEEE single bits, with a random sign. */
  int floatBits(int randomBits) {
    return floats[randomBits & (SIZE - 1)] | (randomBits & 0x8000) << 16;
  }

  /** IEEE half bits, positive. */
  int half(int randomBits) {
    return halves[randomBits & (SIZE - 1)];
  }

  /** IEEE half bits of the minimum that goes with the scale of the same random bits. */
  int min(int randomBits) {
    return mins[randomBits & (SIZE - 1)];
  }

  /** E8M0 or UE4M3. */
  byte byteCode(int randomBits) {
    return byteCodes[randomBits & (SIZE - 1)];
  }

  /** The minimum that makes the mean 0: half the largest code, added or subtracted. */
  private float minPerScale() {
    return switch (type) {
      case Q4_1 -> -7.5f;
      case Q5_1 -> -15.5f;
      case Q2_K -> 1.5f;
      case Q4_K -> 7.5f;
      case Q5_K -> 15.5f;
      default -> 0;
    };
  }

  /** What each byte means, ascending; empty if the type's scales are no bytes. */
  private double[] codeValues() {
    return switch (type) {
      case MXFP4 -> {
        double[] values = new double[255];
        for (int i = 0; i < values.length; i++) {
          values[i] = Math.scalb(1.0, i - 127);
        }
        yield values;
      }
      case NVFP4 -> {
        // 0x7f is NaN.
        double[] values = new double[127];
        for (int i = 0; i < values.length; i++) {
          int exponent = i >> 3;
          double mantissa = (i & 7) / 8.0;
          values[i] =
              exponent == 0 ? Math.scalb(mantissa, -6) : Math.scalb(1 + mantissa, exponent - 7);
        }
        yield values;
      }
      default -> new double[0];
    };
  }

  /**
   * @param dither 0 to 1; by it the code above or below is chosen, so that squares are right in the
   *     mean
   */
  private static int nearestCode(double[] values, double scale, double dither) {
    int above = 1;
    while (above < values.length - 1 && values[above] < scale) {
      above++;
    }
    if (values.length == 0) {
      return 0;
    }
    double low = values[above - 1] * values[above - 1];
    double high = values[above] * values[above];
    boolean up = (scale * scale - low) / (high - low) > dither;
    // Never 0, which would make the block 0.
    return up ? above : Math.max(1, above - 1);
  }
}
