package dev.lamina.kernels.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The properties of all quantizers except those with grids, which have their own tests. */
class QuantizersTest {
  private static final int COLUMNS = 1024;

  static Stream<TensorType> types() {
    return Stream.of(TensorType.values())
        .filter(QuantizersTest::isTarget)
        .filter(type -> !type.name().matches("IQ[123].*|NVFP4"));
  }

  private static boolean isTarget(TensorType type) {
    return type.holdsWeights() || type == TensorType.Q1_0 || type == TensorType.Q2_0;
  }

  /** Error of Gaussian weights, in parts of their root mean square. */
  @ParameterizedTest
  @CsvSource({
    "F32, 0",
    "F16, 3e-4",
    "BF16, 2e-3",
    "Q8_0, 5.1e-3",
    "Q6_K, 1.71e-2",
    "Q5_K, 3.54e-2",
    "Q5_1, 3.45e-2",
    "Q5_0, 4.12e-2",
    "Q4_K, 7.17e-2",
    "Q4_1, 7.12e-2",
    "Q4_0, 8.36e-2",
    "IQ4_NL, 7.46e-2",
    "IQ4_XS, 7.5e-2",
    "MXFP4, 0.113",
    "Q3_K, 0.148",
    "Q2_K, 0.267",
    "TQ1_0, 0.45",
    "TQ2_0, 0.45",
    "Q1_0, 0.62",
    "Q2_0, 0.45"
  })
  void gaussianWeights(TensorType type, double bound) {
    float[] row = Rows.GAUSSIAN.make(1 << 14, Rows.SEED);
    double error = Rows.relativeError(row, Rows.roundTrip(type, row, null));
    assertTrue(error <= bound, type + ": " + error + ", seed " + Rows.SEED);
  }

  @ParameterizedTest
  @MethodSource("types")
  void nothingButNumbers(TensorType type) {
    for (Rows rows : Rows.values()) {
      float[] row = rows.make(COLUMNS, Rows.SEED);
      float largest = largest(row);
      for (float[] importance : importances()) {
        float[] back;
        try {
          back = Rows.roundTrip(type, row, importance);
        } catch (ScaleRangeException e) {
          assertTrue(largest > 65_504, type + " " + rows);
          continue;
        }
        for (int i = 0; i < back.length; i++) {
          String what = type + " " + rows + " element " + i + ": " + row[i] + " became " + back[i];
          assertTrue(Float.isFinite(back[i]), what);
          // No type needs more than its step beyond the largest weight.
          assertTrue(Math.abs(back[i]) <= 1.6f * largest, what);
        }
      }
    }
  }

  static Stream<TensorType> typesWithScalesInF16() {
    return Stream.of(TensorType.values())
        .filter(type -> isTarget(type) && type.blockSize() > 1)
        .filter(type -> type != TensorType.MXFP4 && type != TensorType.NVFP4);
  }

  /** A weight that no scale reaches is refused; it would become a much smaller one. */
  @ParameterizedTest
  @MethodSource("typesWithScalesInF16")
  void weightsBeyondAllScales(TensorType type) {
    for (float value : new float[] {60_000, -60_000}) {
      float[] row = Rows.GAUSSIAN.make(COLUMNS, Rows.SEED);
      row[300] = value;
      Rows.quantize(type, row, null);
    }
    for (float value : new float[] {1e12f, -1e12f, Float.MAX_VALUE}) {
      float[] row = Rows.GAUSSIAN.make(COLUMNS, Rows.SEED);
      row[300] = value;
      assertThrows(ScaleRangeException.class, () -> Rows.quantize(type, row, null), type::name);
    }
  }

  @Test
  void scalesReachWhatTheFormatHolds() {
    float[] row = Rows.GAUSSIAN.make(COLUMNS, Rows.SEED);
    row[300] = 7.9e6f;
    assertEquals(7.9e6f, Rows.roundTrip(TensorType.Q8_0, row, null)[300], 1e5f);
    row[300] = 2e7f;
    assertThrows(ScaleRangeException.class, () -> Rows.quantize(TensorType.Q8_0, row, null));
    assertEquals(2e7f, Rows.roundTrip(TensorType.Q4_K, row, null)[300], 2e6f);
  }

  private static float[][] importances() {
    float[] one = new float[COLUMNS];
    one[300] = 1e6f;
    float[] wild = new float[COLUMNS];
    Random random = new Random(Rows.SEED);
    for (int i = 0; i < wild.length; i++) {
      wild[i] = random.nextInt(3) == 0 ? 0 : (float) Math.exp(30 * random.nextGaussian() - 10);
    }
    return new float[][] {
      null,
      new float[COLUMNS],
      one,
      wild,
      Rows.filled(COLUMNS, Float.MIN_VALUE),
      Rows.filled(COLUMNS, Float.MAX_VALUE)
    };
  }

  private static float largest(float[] row) {
    float largest = 0;
    for (float value : row) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  @ParameterizedTest
  @MethodSource("types")
  void zerosStayZeros(TensorType type) {
    float[] row = new float[COLUMNS];
    for (float[] importance : importances()) {
      for (float value : Rows.roundTrip(type, row, importance)) {
        assertEquals(0.0f, Math.abs(value), type.toString());
      }
    }
  }

  /** Blocks with different constants, of which none makes the others worse. */
  @ParameterizedTest
  @MethodSource("types")
  void constants(TensorType type) {
    for (float value : new float[] {0.37f, -0.37f, 1, -1, 1000, -0.3f}) {
      float[] row = Rows.filled(COLUMNS, value);
      double error = Rows.relativeError(row, Rows.roundTrip(type, row, null));
      // MXFP4 has two bits of precision, the others a scale in F16.
      assertTrue(
          error < (type == TensorType.MXFP4 ? 0.2 : 5e-3), type + " " + value + ": " + error);
    }
  }

  /** What has been quantized once is represented exactly, so it comes back. */
  @ParameterizedTest
  @MethodSource("types")
  void representableValues(TensorType type) {
    for (Rows rows : new Rows[] {Rows.GAUSSIAN, Rows.UNIFORM, Rows.POSITIVE}) {
      float[] once = Rows.roundTrip(type, rows.make(1 << 14, Rows.SEED), null);
      float[] twice = Rows.roundTrip(type, once, null);
      double error = Rows.relativeError(once, twice);
      // Blocks that do not use the ends of their range may miss it by a little.
      assertTrue(error <= 1e-2, type + " " + rows + ": " + error + ", seed " + Rows.SEED);
    }
  }

  /** The importance of columns shifts errors to those that count less. */
  @ParameterizedTest
  @MethodSource("types")
  void importantColumnsComeFirst(TensorType type) {
    float[] row = Rows.GAUSSIAN.make(1 << 14, Rows.SEED);
    float[] importance = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      importance[i] = i % 16 == 5 ? 1000 : 1;
    }
    double with = weightedError(row, Rows.roundTrip(type, row, importance), importance);
    double without = weightedError(row, Rows.roundTrip(type, row, null), importance);
    boolean same = type == TensorType.F32 || type == TensorType.F16 || type == TensorType.BF16;
    assertTrue(same ? with == without : with < 0.9 * without, type + ": " + with / without);
  }

  private static double weightedError(float[] row, float[] back, float[] weights) {
    double sum = 0;
    for (int i = 0; i < row.length; i++) {
      double error = (double) row[i] - back[i];
      sum += weights[i] * error * error;
    }
    return sum;
  }

  /** Blocks with codes and scales that use their whole range come back to the bit. */
  @ParameterizedTest
  @CsvSource({
    "Q4_0, -8, 7, 0",
    "Q4_1, 0, 15, -3",
    "Q5_0, -16, 15, 0",
    "Q5_1, 0, 31, -9",
    "Q8_0, -127, 127, 0",
    "TQ1_0, -1, 1, 0",
    "TQ2_0, -1, 1, 0",
    "Q2_0, -1, 2, 0"
  })
  void wholeRanges(TensorType type, int lowest, int highest, int min) {
    Random random = new Random(Rows.SEED);
    float[] row = new float[COLUMNS];
    for (int i = 0; i < row.length; i++) {
      int code = i % 16 < 2 ? (i % 2 == 0 ? lowest : highest) : random.nextInt(lowest, highest + 1);
      row[i] = 0x1p-7f * (code + min);
    }
    assertArrayEquals(row, Rows.roundTrip(type, row, null), type + ", seed " + Rows.SEED);
  }

  @ParameterizedTest
  @CsvSource({
    "Q2_K, 3, 0, 15",
    "Q3_K, 7, -32, 31",
    "Q4_K, 15, 0, 63",
    "Q5_K, 31, 0, 63",
    "Q6_K, 63, -128, 127",
    "IQ4_XS, 15, -32, 31"
  })
  void wholeRangesOfSuperBlocks(TensorType type, int top, int lowest, int highest) {
    Random random = new Random(Rows.SEED);
    int[] codes = new int[256];
    for (int i = 0; i < 256; i++) {
      codes[i] = i % 16 < 2 ? (i % 2 == 0 ? 0 : top) : random.nextInt(top + 1);
    }
    int[] scales = new int[16];
    int[] mins = new int[16];
    for (int k = 0; k < 16; k++) {
      scales[k] = k == 3 ? (lowest < 0 ? lowest : highest) : random.nextInt(1, highest + 1);
      mins[k] = k == 5 ? highest : random.nextInt(highest + 1);
    }
    SuperBlock block = new SuperBlock(0x1p-9f, 0x1.8p-8f, scales, mins, codes);
    MemorySegment blocks = MemorySegment.ofArray(new byte[type.blockBytes()]);
    switch (type) {
      case Q2_K -> SuperBlockPacking.q2k(block, blocks, 0);
      case Q3_K -> SuperBlockPacking.q3k(block, blocks, 0);
      case Q4_K -> SuperBlockPacking.q4k(block, blocks, 0);
      case Q5_K -> SuperBlockPacking.q5k(block, blocks, 0);
      case Q6_K -> SuperBlockPacking.q6k(block, blocks, 0);
      default -> SuperBlockPacking.iq4xs(block, blocks, 0);
    }
    float[] row = new float[256];
    type.format().dequantizeBlock(blocks, 0, row, 0);
    float[] back = Rows.roundTrip(type, row, null);
    assertTrue(Rows.relativeError(row, back) == 0, type + ": " + Rows.relativeError(row, back));
  }

  @ParameterizedTest
  @MethodSource("types")
  void severalThreadsShareOne(TensorType type) {
    RowQuantizer quantizer = Quantizers.of(type);
    float[] row = Rows.GAUSSIAN.make(COLUMNS, Rows.SEED);
    byte[] expected = Rows.quantize(type, row, null);
    IntStream.range(0, 64)
        .parallel()
        .forEach(i -> {
          byte[] bytes = new byte[expected.length];
          quantizer.quantize(row, 0, COLUMNS, null, MemorySegment.ofArray(bytes), 0);
          assertArrayEquals(expected, bytes, type.toString());
        });
  }

  /** A long row goes in batches, a short one may leave most of the lanes of a loop empty. */
  @ParameterizedTest
  @MethodSource("types")
  void blocksDoNotDependOnTheirRow(TensorType type) {
    int columns = 1 << 16;
    float[] row = Rows.GAUSSIAN.make(columns, Rows.SEED);
    float[] importance = Rows.UNIFORM.make(columns, Rows.SEED);
    for (int i = 0; i < columns; i++) {
      importance[i] += 0.5f;
    }
    byte[] whole = Rows.quantize(type, row, importance);
    int size = type.blockSize();
    for (int at = 0; at < columns; at += 37 * 256) {
      byte[] one =
          Rows.quantize(
              type,
              Arrays.copyOfRange(row, at, at + size),
              Arrays.copyOfRange(importance, at, at + size));
      int byteAt = (int) type.bytes(at);
      assertArrayEquals(
          one, Arrays.copyOfRange(whole, byteAt, byteAt + one.length), type + " from " + at);
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void severalRowsAtOnce(TensorType type) {
    int rows = 77;
    int columns = 768;
    float[] all = Rows.GAUSSIAN.make(rows * columns, Rows.SEED);
    float[] importance = Rows.POSITIVE.make(columns, Rows.SEED);
    int rowBytes = (int) type.bytes(columns);
    byte[] bytes = new byte[rows * rowBytes];
    Quantizers.of(type)
        .quantizeRows(all, 0, rows, columns, importance, MemorySegment.ofArray(bytes), 0, rowBytes);
    for (int row = 0; row < rows; row++) {
      float[] one = Arrays.copyOfRange(all, row * columns, (row + 1) * columns);
      assertArrayEquals(
          Rows.quantize(type, one, importance),
          Arrays.copyOfRange(bytes, row * rowBytes, (row + 1) * rowBytes),
          type + " row " + row);
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void writesOnlyItsBlocks(TensorType type) {
    float[] row = Rows.GAUSSIAN.make(COLUMNS, Rows.SEED);
    byte[] expected = Rows.quantize(type, Arrays.copyOfRange(row, 256, 768), null);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocate(expected.length + 8);
      segment.fill((byte) 42);
      Quantizers.of(type).quantize(row, 256, 512, null, segment, 3);
      byte[] all = segment.toArray(ValueLayout.JAVA_BYTE);
      assertArrayEquals(expected, Arrays.copyOfRange(all, 3, 3 + expected.length), type.toString());
      for (int i : new int[] {0, 1, 2, all.length - 5, all.length - 1}) {
        assertEquals(42, all[i], type + ": byte " + i);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void refusesPartsOfBlocks(TensorType type) {
    float[] row = new float[COLUMNS];
    MemorySegment dst = MemorySegment.ofArray(new byte[(int) type.bytes(COLUMNS)]);
    if (type.blockSize() > 1) {
      RowQuantizer quantizer = Quantizers.of(type);
      assertThrows(
          IllegalArgumentException.class,
          () -> quantizer.quantize(row, 0, type.blockSize() + 8, null, dst, 0));
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void refusesShortMemory(TensorType type) {
    float[] row = new float[COLUMNS];
    MemorySegment dst = MemorySegment.ofArray(new byte[(int) type.bytes(COLUMNS) - 1]);
    RowQuantizer quantizer = Quantizers.of(type);
    assertThrows(
        IndexOutOfBoundsException.class, () -> quantizer.quantize(row, 0, COLUMNS, null, dst, 0));
  }

  @Test
  void noneOfIntegers() {
    assertThrows(IllegalArgumentException.class, () -> Quantizers.of(TensorType.I32));
    assertThrows(IllegalArgumentException.class, () -> Quantizers.of(TensorType.Q8_1));
  }

  @Test
  void floatsRoundToEven() {
    float[] row = {1 + 0x1p-11f, 1 + 0x3p-11f, 1e30f, -1e30f, 0x1p-25f, -0.0f};
    assertArrayEquals(
        new float[] {1, 1 + 0x1p-9f, 65_504, -65_504, 0, -0.0f},
        Rows.roundTrip(TensorType.F16, row, null));
    float[] wide = {1 + 0x1p-8f, 1 + 0x3p-8f, Float.MIN_VALUE, -0.0f};
    assertArrayEquals(
        new float[] {1, 1 + 0x1p-6f, 0, -0.0f}, Rows.roundTrip(TensorType.BF16, wide, null));
  }
}
