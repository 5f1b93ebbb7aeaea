package dev.lamina.kernels.quantize;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;

/** Rows to quantize, and their errors after quantizing. */
enum Rows {
  GAUSSIAN,
  UNIFORM,
  SPARSE,
  ONE_OUTLIER,
  POSITIVE,
  CONSTANT,
  NEGATIVE_CONSTANT,
  ZERO,
  HUGE,
  LARGEST,
  TINY,
  DENORMAL,
  WIDE;

  static final long SEED = 20_261_125;

  float[] make(int n, long seed) {
    Random random = new Random(seed);
    float[] row = new float[n];
    for (int i = 0; i < n; i++) {
      double gauss = random.nextGaussian();
      row[i] =
          (float)
              switch (this) {
                case GAUSSIAN -> 0.02 * gauss;
                case UNIFORM -> random.nextDouble() - 0.5;
                case SPARSE -> random.nextInt(40) == 0 ? gauss : 0;
                case ONE_OUTLIER -> i == 77 ? 50 : gauss;
                case POSITIVE -> 3 + Math.abs(gauss);
                case CONSTANT -> 0.37;
                case NEGATIVE_CONSTANT -> -0.37;
                case ZERO -> 0;
                case HUGE -> 1e30 * gauss;
                case LARGEST -> Float.MAX_VALUE * Math.signum(gauss);
                case TINY -> 1e-6 * gauss;
                case DENORMAL -> 1e-41 * gauss;
                case WIDE -> gauss * Math.exp(20 * random.nextGaussian());
              };
    }
    return row;
  }

  static byte[] quantize(TensorType type, float[] row, float[] importance) {
    byte[] bytes = new byte[(int) type.bytes(row.length)];
    Quantizers.of(type).quantize(row, 0, row.length, importance, MemorySegment.ofArray(bytes), 0);
    return bytes;
  }

  /** The row after quantizing and dequantizing. */
  static float[] roundTrip(TensorType type, float[] row, float[] importance) {
    float[] back = new float[row.length];
    MemorySegment blocks = MemorySegment.ofArray(quantize(type, row, importance));
    type.format().dequantize(blocks, 0, back.length, back, 0);
    return back;
  }

  /** Root of the mean squared error, in parts of the row's own. */
  static double relativeError(float[] expected, float[] actual) {
    double error = 0;
    double square = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = (double) expected[i] - actual[i];
      error += difference * difference;
      square += (double) expected[i] * expected[i];
    }
    return Math.sqrt(error / square);
  }

  static float[] filled(int n, float value) {
    float[] array = new float[n];
    Arrays.fill(array, value);
    return array;
  }
}
