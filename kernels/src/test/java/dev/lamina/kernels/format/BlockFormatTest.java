package dev.lamina.kernels.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Properties of every tensor type's format. */
class BlockFormatTest {
  private static final long SEED = 20_260_101;
  private static final short HALF_ONE = 0x3c00;

  @ParameterizedTest
  @EnumSource
  void unalignedNativeMemoryGivesTheSame(TensorType type) {
    byte[] blocks = Blocks.random(type, 3, SEED);
    float[] expected = Blocks.dequantize(type, blocks);
    for (int shift : new int[] {1, 2, 3, 5, 7}) {
      try (Arena arena = Arena.ofConfined()) {
        // Exactly as long as the blocks: reading past the end would throw.
        MemorySegment segment = arena.allocate(shift + blocks.length);
        MemorySegment.copy(MemorySegment.ofArray(blocks), 0, segment, shift, blocks.length);
        float[] values = new float[expected.length];
        type.format().dequantize(segment, shift, values.length, values, 0);
        Blocks.assertSameBits(expected, values, type + " at " + shift + ", seed " + SEED);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void writesOnlyWhatWasAskedFor(TensorType type) {
    byte[] blocks = Blocks.random(type, 4, SEED);
    float[] all = Blocks.dequantize(type, blocks);
    int n = type.blockSize();
    float[] values = new float[2 * n + 10];
    Arrays.fill(values, 42);
    type.format().dequantize(MemorySegment.ofArray(blocks), type.blockBytes(), 2 * n, values, 7);
    float[] expected = new float[values.length];
    Arrays.fill(expected, 42);
    System.arraycopy(all, n, expected, 7, 2 * n);
    Blocks.assertSameBits(expected, values, type + ", seed " + SEED);
  }

  @ParameterizedTest
  @EnumSource
  void refusesPartsOfBlocksAndShortMemory(TensorType type) {
    int n = type.blockSize();
    MemorySegment twoBlocks = MemorySegment.ofArray(new byte[2 * type.blockBytes()]);
    float[] values = new float[3 * n];
    BlockFormat format = type.format();
    if (n > 1) {
      assertThrows(
          IllegalArgumentException.class, () -> format.dequantize(twoBlocks, 0, n + 1, values, 0));
    }
    assertThrows(
        IllegalArgumentException.class, () -> format.dequantize(twoBlocks, 0, -n, values, 0));
    assertThrows(
        IndexOutOfBoundsException.class, () -> format.dequantize(twoBlocks, 0, 3 * n, values, 0));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> format.dequantize(twoBlocks, 0, n, values, 2 * n + 1));
    assertThrows(
        IndexOutOfBoundsException.class, () -> format.dequantize(twoBlocks, -1, n, values, 0));
  }

  @ParameterizedTest
  @EnumSource
  void zeroBytesAreZeros(TensorType type) {
    for (float value : Blocks.dequantize(type, new byte[2 * type.blockBytes()])) {
      assertEquals(0.0f, Math.abs(value), type.toString());
    }
  }

  @ParameterizedTest
  @EnumSource
  void allOnes(TensorType type) {
    byte[] block = new byte[type.blockBytes()];
    Arrays.fill(block, (byte) -1);
    float expected =
        switch (type) {
          case I8, I16, I32, I64 -> -1;
          // 2^127 times -12 overflows; the scale 480 times -6 does not.
          case MXFP4 -> Float.NEGATIVE_INFINITY;
          case NVFP4 -> -2880;
          default -> Float.NaN;
        };
    float[] all = new float[type.blockSize()];
    Arrays.fill(all, expected);
    Blocks.assertSameBits(all, Blocks.dequantize(type, block), type.toString());
  }

  /**
   * A value is the block's scale times something: with the minimum at zero, exactly so for scales
   * that are powers of two, infinite or NaN. The scales are f16 bits: 2^-24 is the smallest
   * subnormal.
   */
  @ParameterizedTest
  @CsvSource({
    "Q4_0, 0, -1",
    "Q4_1, 0, 2",
    "Q5_0, 0, -1",
    "Q5_1, 0, 2",
    "Q8_0, 0, -1",
    "Q8_1, 0, 2",
    "Q2_K, 80, 82",
    "Q3_K, 108, -1",
    "Q4_K, 0, 2",
    "Q5_K, 0, 2",
    "Q6_K, 208, -1",
    "IQ1_S, 0, -1",
    "IQ2_XXS, 0, -1",
    "IQ2_XS, 0, -1",
    "IQ2_S, 0, -1",
    "IQ3_XXS, 0, -1",
    "IQ3_S, 0, -1",
    "IQ4_NL, 0, -1",
    "IQ4_XS, 0, -1",
    "TQ1_0, 52, -1",
    "TQ2_0, 64, -1",
    "IQ1_M, -1, -1"
  })
  void extremeScales(TensorType type, int scaleAt, int minAt) {
    byte[] block = Blocks.random(type, 1, SEED);
    if (minAt >= 0) {
      putHalf(block, minAt, (short) 0);
    }
    setScale(block, scaleAt, HALF_ONE);
    float[] unit = Blocks.dequantize(type, block);
    for (int bits : new int[] {0x0001, 0x8001, 0x0400, 0x7800, 0x7c00, 0xfc00, 0x7e00}) {
      setScale(block, scaleAt, (short) bits);
      float scale = Float.float16ToFloat((short) bits);
      float[] expected = new float[unit.length];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = unit[i] * scale;
      }
      String what = type + ", scale " + scale + ", seed " + SEED;
      assertSameNumbers(expected, Blocks.dequantize(type, block), what);
    }
  }

  /** A sum that is zero has the sign of the minimum's zero, so signs of zeros are not compared. */
  private static void assertSameNumbers(float[] expected, float[] actual, String what) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i] + 0.0f, actual[i] + 0.0f, what + ", element " + i);
    }
  }

  private static void setScale(byte[] block, int at, short half) {
    if (at >= 0) {
      putHalf(block, at, half);
      return;
    }
    // IQ1_M: a nibble at the top of each of the last four u16.
    for (int j = 0; j < 4; j++) {
      int top = 48 + 2 * j + 1;
      block[top] = (byte) (block[top] & 15 | (half >> 4 * j & 15) << 4);
    }
  }

  private static void putHalf(byte[] block, int at, short half) {
    block[at] = (byte) half;
    block[at + 1] = (byte) (half >> 8);
  }
}
