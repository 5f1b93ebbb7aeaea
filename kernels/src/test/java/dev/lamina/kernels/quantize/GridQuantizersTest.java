package dev.lamina.kernels.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Quantizers of the types with codebooks of vectors, on made-up rows. */
class GridQuantizersTest {
  private static final String GRID_TYPES = "IQ[123]_.*";
  private static final int COLUMNS = 1024;

  /** Normal weights times 2 to this have scales that F16 holds, in all types. */
  private static final int KEPT_EXPONENT = 13;

  /** Normal weights times 2 to this or more have scales that it does not hold, in any type. */
  private static final int REFUSED_EXPONENT = 24;

  /** Expected square of the error of normally distributed weights, in shares of their square. */
  private static double share(TensorType type) {
    return switch (type) {
      case IQ1_S -> 0.30;
      case IQ1_M -> 0.27;
      case IQ2_XXS -> 0.15;
      case IQ2_XS -> 0.12;
      case IQ2_S -> 0.09;
      case IQ3_XXS -> 0.045;
      case IQ3_S -> 0.025;
      default -> throw new IllegalArgumentException(type.toString());
    };
  }

  private static float[] row(IntToDoubleFunction value) {
    float[] x = new float[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
      x[i] = (float) value.applyAsDouble(i);
    }
    return x;
  }

  private static byte[] quantize(TensorType type, float[] x, float[] importance) {
    byte[] blocks = new byte[(int) type.bytes(x.length)];
    Arrays.fill(blocks, (byte) 0x55);
    MemorySegment dst = MemorySegment.ofArray(blocks);
    Quantizers.of(type).quantize(x, 0, x.length, importance, dst, 0);
    return blocks;
  }

  private static float[] roundTrip(TensorType type, float[] x, float[] importance) {
    float[] y = new float[x.length];
    MemorySegment src = MemorySegment.ofArray(quantize(type, x, importance));
    type.format().dequantize(src, 0, x.length, y, 0);
    for (float v : y) {
      assertTrue(Float.isFinite(v), type + ": " + v);
    }
    return y;
  }

  /** Square of the error in shares of the square of x, both weighted. */
  private static double error(float[] x, float[] y, float[] importance) {
    double error = 0;
    double all = 0;
    for (int i = 0; i < x.length; i++) {
      double weight = importance == null ? 1 : importance[i];
      error += weight * (x[i] - y[i]) * (x[i] - y[i]);
      all += weight * x[i] * x[i];
    }
    return error / all;
  }

  private static void assertError(
      double bound, TensorType type, float[] x, float[] importance, String what) {
    double error = error(x, roundTrip(type, x, importance), importance);
    assertTrue(error <= bound, type + ", " + what + ": " + error + " > " + bound);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = GRID_TYPES)
  void keepsCommonRows(TensorType type) {
    Random random = new Random(1);
    float[] ones = row(i -> 1);
    float[] normal = row(i -> random.nextGaussian());
    assertError(share(type), type, normal, ones, "normal");
    assertError(1.2 * share(type), type, normal, null, "normal, nothing known of columns");
    assertError(share(type), type, row(i -> random.nextDouble() - 0.5), ones, "uniform");
    assertError(0.15, type, row(i -> 0.37), ones, "constant");
    assertError(0.15, type, row(i -> -0.37), null, "negative constant");
    float[] varied = row(i -> normal[i] * (1 + i / 32));
    assertError(1.2 * share(type), type, varied, ones, "varied scales");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = GRID_TYPES)
  void zerosStayZeros(TensorType type) {
    float[] zeros = new float[COLUMNS];
    assertArrayEquals(zeros, roundTrip(type, zeros, null), Float.MIN_VALUE);
    assertArrayEquals(zeros, roundTrip(type, zeros, row(i -> i)), Float.MIN_VALUE);
    assertArrayEquals(zeros, roundTrip(type, row(i -> -0.0), null), Float.MIN_VALUE);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = GRID_TYPES)
  void survivesAnyMagnitude(TensorType type) {
    Random random = new Random(2);
    float[] normal = row(i -> random.nextGaussian());
    for (int exponent = -149; exponent <= 125; exponent++) {
      float factor = Math.scalb(1f, exponent);
      float[] x = row(i -> normal[i] * factor);
      if (exponent >= REFUSED_EXPONENT) {
        assertThrows(ScaleRangeException.class, () -> quantize(type, x, null), type::name);
        continue;
      }
      if (exponent > KEPT_EXPONENT) {
        continue; // some types can, some cannot
      }
      double error = error(x, roundTrip(type, x, null), null);
      if (exponent >= -8 && exponent <= 8) {
        assertTrue(error <= 1.3 * share(type), type + ", 2^" + exponent + ": " + error);
      }
      assertTrue(!(error > 1.5), type + ", 2^" + exponent + ": " + error);
    }
    assertThrows(
        ScaleRangeException.class,
        () -> quantize(type, row(i -> i % 2 == 0 ? Float.MAX_VALUE : -Float.MIN_VALUE), null));
    roundTrip(type, row(i -> i == 77 ? 1 : 0), null);
    roundTrip(type, row(i -> i % 50 == 0 ? -1e-3 * i : 1e-30), null);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = GRID_TYPES)
  void heedsImportance(TensorType type) {
    Random random = new Random(3);
    float[] x = row(i -> random.nextGaussian());
    float[] dominated = row(i -> i % 256 == 9 ? 1e30 : 1e-3);
    float[] y = roundTrip(type, x, dominated);
    for (int i = 9; i < COLUMNS; i += 256) {
      assertEquals(x[i], y[i], 0.3f * Math.abs(x[i]), type + ", element " + i);
    }
    assertError(1.2 * share(type), type, x, row(i -> i % 2), "half of the columns unused");
    double unused = error(x, roundTrip(type, x, new float[COLUMNS]), null);
    assertTrue(unused <= 1.2 * share(type), type + ", all columns unused: " + unused);
    roundTrip(type, x, row(i -> i % 3 == 0 ? Float.MAX_VALUE : Float.MIN_VALUE));
    roundTrip(type, row(i -> i % 256 == 0 ? 0 : x[i]), row(i -> i % 256 == 0 ? 1 : 0));
  }

  /** Values that blocks represent exactly come back. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = GRID_TYPES)
  void keepsWhatItWrote(TensorType type) {
    Random random = new Random(4);
    float[] x = roundTrip(type, row(i -> random.nextGaussian()), null);
    assertError(0.02, type, x, row(i -> 1), "its own output");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = GRID_TYPES)
  void isTheSameAnywhere(TensorType type) {
    Random random = new Random(5);
    float[] x = row(i -> random.nextGaussian());
    float[] importance = row(i -> random.nextDouble());
    byte[] expected = quantize(type, x, importance);
    RowQuantizer shared = Quantizers.of(type);
    IntStream.range(0, 16)
        .parallel()
        .forEach(i -> {
          float[] shifted = new float[COLUMNS + i];
          System.arraycopy(x, 0, shifted, i, COLUMNS);
          byte[] blocks = new byte[expected.length + 2 * i];
          MemorySegment dst = MemorySegment.ofArray(blocks);
          shared.quantize(shifted, i, COLUMNS, importance, dst, i);
          assertEquals(-1, dst.asSlice(i, expected.length).mismatch(segment(expected)));
          assertTrue(dst.asSlice(0, i).mismatch(segment(new byte[i])) == -1, "before");
          assertTrue(dst.asSlice(expected.length + i).mismatch(segment(new byte[i])) == -1);
        });
  }

  private static MemorySegment segment(byte[] bytes) {
    return MemorySegment.ofArray(bytes);
  }
}
