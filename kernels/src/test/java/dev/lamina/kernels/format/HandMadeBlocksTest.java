package dev.lamina.kernels.format;

import dev.lamina.kernels.TensorType;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Types that can be checked against a formula of their own, over all codes where those are few. */
class HandMadeBlocksTest {
  private static ByteBuffer buffer(int nBytes) {
    return ByteBuffer.allocate(nBytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void f32KeepsBits() {
    float[] values = {
      0, -0.0f, 1, -1.5f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NEGATIVE_INFINITY, Float.NaN
    };
    ByteBuffer bytes = buffer(4 * values.length);
    for (float value : values) {
      bytes.putFloat(value);
    }
    Blocks.assertSameBits(values, Blocks.dequantize(TensorType.F32, bytes), "F32");
  }

  @Test
  void f64RoundsToNearest() {
    double[] values = {0, -0.0, 1.0 / 3, 1e300, -1e-300, 1 + 0x1p-24, 1 + 0x1.8p-23, Double.NaN};
    float[] expected = {
      0, -0.0f, 0x1.555556p-2f, Float.POSITIVE_INFINITY, -0.0f, 1, 1 + 0x1p-22f, Float.NaN
    };
    ByteBuffer bytes = buffer(8 * values.length);
    for (double value : values) {
      bytes.putDouble(value);
    }
    Blocks.assertSameBits(expected, Blocks.dequantize(TensorType.F64, bytes), "F64");
  }

  /** Every code, by the definition of binary16. */
  @Test
  void f16() {
    ByteBuffer bytes = buffer(2 << 16);
    float[] expected = new float[1 << 16];
    for (int code = 0; code < 1 << 16; code++) {
      bytes.putShort((short) code);
      int exponent = code >> 10 & 31;
      int fraction = code & 1023;
      double magnitude =
          switch (exponent) {
            case 0 -> Math.scalb((double) fraction, -24);
            case 31 -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            default -> Math.scalb(1024.0 + fraction, exponent - 25);
          };
      expected[code] = (float) (code >> 15 == 0 ? magnitude : -magnitude);
    }
    Blocks.assertSameBits(expected, Blocks.dequantize(TensorType.F16, bytes), "F16");
  }

  /** Every code, by the definition of bfloat16. */
  @Test
  void bf16() {
    ByteBuffer bytes = buffer(2 << 16);
    float[] expected = new float[1 << 16];
    for (int code = 0; code < 1 << 16; code++) {
      bytes.putShort((short) code);
      int exponent = code >> 7 & 255;
      int fraction = code & 127;
      double magnitude =
          switch (exponent) {
            case 0 -> Math.scalb((double) fraction, -133);
            case 255 -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            default -> Math.scalb(128.0 + fraction, exponent - 134);
          };
      expected[code] = (float) (code >> 15 == 0 ? magnitude : -magnitude);
    }
    Blocks.assertSameBits(expected, Blocks.dequantize(TensorType.BF16, bytes), "BF16");
  }

  @Test
  void integers() {
    ByteBuffer i8 = buffer(256);
    float[] expected8 = new float[256];
    for (int i = 0; i < 256; i++) {
      i8.put((byte) (i - 128));
      expected8[i] = i - 128;
    }
    Blocks.assertSameBits(expected8, Blocks.dequantize(TensorType.I8, i8), "I8");

    ByteBuffer i16 = buffer(6).putShort((short) -32768).putShort((short) 258).putShort((short) -1);
    Blocks.assertSameBits(
        new float[] {-32768, 258, -1}, Blocks.dequantize(TensorType.I16, i16), "I16");

    ByteBuffer i32 = buffer(12).putInt(Integer.MIN_VALUE).putInt(16_777_217).putInt(-1);
    Blocks.assertSameBits(
        new float[] {-0x1p31f, 0x1p24f, -1}, Blocks.dequantize(TensorType.I32, i32), "I32");

    ByteBuffer i64 = buffer(24).putLong(Long.MIN_VALUE).putLong(Long.MAX_VALUE).putLong(-7);
    Blocks.assertSameBits(
        new float[] {-0x1p63f, 0x1p63f, -7}, Blocks.dequantize(TensorType.I64, i64), "I64");
  }

  /** A set bit is the scale, another is its negative, the first in the lowest place. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void q10(long seed) {
    fewBits(TensorType.Q1_0, 128, 1, code -> 2 * code - 1, seed);
  }

  /** Codes of two bits less one, times the scale. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void q20(long seed) {
    fewBits(TensorType.Q2_0, 64, 2, code -> code - 1, seed);
  }

  private static void fewBits(
      TensorType type, int columns, int bits, IntUnaryOperator value, long seed) {
    Random random = new Random(seed);
    ByteBuffer block = buffer(18);
    block.putShort((short) 0x3555); // 0.33325...
    BigInteger codes = new BigInteger(128, random);
    for (int i = 0; i < 16; i++) {
      block.put(codes.shiftRight(8 * i).byteValue());
    }
    float[] expected = new float[columns];
    for (int i = 0; i < columns; i++) {
      int code = codes.shiftRight(bits * i).intValue() & (1 << bits) - 1;
      expected[i] = Float.float16ToFloat((short) 0x3555) * value.applyAsInt(code);
    }
    Blocks.assertSameBits(expected, Blocks.dequantize(type, block), type.toString());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void q81(long seed) {
    Random random = new Random(seed);
    ByteBuffer block = buffer(36);
    block.putShort((short) 0x3555).putShort((short) random.nextInt());
    float[] expected = new float[32];
    for (int i = 0; i < 32; i++) {
      byte q = (byte) random.nextInt();
      block.put(q);
      // 0x3555 is 1365 * 2^-12; the product fits 24 bits, so it is exact.
      expected[i] = 1365 * 0x1p-12f * q;
    }
    Blocks.assertSameBits(
        expected, Blocks.dequantize(TensorType.Q8_1, block), "Q8_1, seed " + seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void q8k(long seed) {
    Random random = new Random(seed);
    ByteBuffer block = buffer(292);
    block.putFloat(-0.3f);
    float[] expected = new float[256];
    for (int i = 0; i < 256; i++) {
      byte q = (byte) random.nextInt();
      block.put(q);
      expected[i] = (float) ((double) -0.3f * q);
    }
    Blocks.assertSameBits(
        expected, Blocks.dequantize(TensorType.Q8_K, block), "Q8_K, seed " + seed);
  }

  /** Every exponent with every code, by the definition of E8M0 and E2M1. */
  @Test
  void mxfp4() {
    for (int e = 0; e < 256; e++) {
      byte[] block = new byte[17];
      float[] expected = new float[32];
      block[0] = (byte) e;
      for (int j = 0; j < 16; j++) {
        block[1 + j] = (byte) (j << 4 | (15 - j));
        expected[j] = (float) Math.scalb(e2m1(15 - j), e - 127);
        expected[16 + j] = (float) Math.scalb(e2m1(j), e - 127);
      }
      Blocks.assertSameBits(expected, Blocks.dequantize(TensorType.MXFP4, block), "MXFP4, e " + e);
    }
  }

  /** Every scale with every code, by the definition of E4M3 without sign, and E2M1. */
  @Test
  void nvfp4() {
    for (int code = 0; code < 256; code++) {
      byte[] block = new byte[36];
      float[] expected = new float[64];
      int exponent = code >> 3 & 15;
      double fraction = (code & 7) / 8.0;
      double scale =
          exponent == 0 ? Math.scalb(fraction, -6) : Math.scalb(1 + fraction, exponent - 7);
      if (code == 0x7f) {
        scale = 0;
      }
      for (int sub = 0; sub < 4; sub++) {
        block[sub] = (byte) code;
        for (int j = 0; j < 8; j++) {
          int low = (sub + j) % 16;
          int high = (sub + j + 8) % 16;
          block[4 + 8 * sub + j] = (byte) (high << 4 | low);
          expected[16 * sub + j] = (float) (scale * e2m1(low));
          expected[16 * sub + 8 + j] = (float) (scale * e2m1(high));
        }
      }
      Blocks.assertSameBits(
          expected, Blocks.dequantize(TensorType.NVFP4, block), "NVFP4, d " + code);
    }
  }

  /** Sign, two exponent bits with bias 1, one fraction bit; minus zero is stored as zero. */
  private static double e2m1(int code) {
    int exponent = code >> 1 & 3;
    double fraction = (code & 1) / 2.0;
    double magnitude = exponent == 0 ? fraction : Math.scalb(1 + fraction, exponent - 1);
    return code >= 8 && magnitude != 0 ? -magnitude : magnitude;
  }
}
