package dev.lamina.cpu.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cpu.kernel.PlainProducts;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.kernel.WeightBlocks;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Products of F32, F16 and BF16 with machine code. */
class FloatProductsTest {
  private static final long SEED = 3;
  private static final int MARGIN = 5;

  private final Scratch scratch = new Scratch();

  static Stream<PlainProducts> products() {
    return MachineKernels.available().stream()
        .map(MachineKernels::of)
        .flatMap(kernels ->
            Stream.of(TensorType.F32, TensorType.F16, TensorType.BF16).map(kernels::plain));
  }

  /** All sizes against doubles; and the bits of each result against those of other calls. */
  @ParameterizedTest
  @MethodSource("products")
  void givesTheSameForAnyRowsAndTokens(PlainProducts products) {
    Random random = new Random(SEED);
    for (int columns = 1; columns <= 600; columns += columns < 70 ? 1 : 1 + random.nextInt(40)) {
      int rows = 1 + random.nextInt(70);
      int tokens = 1 + random.nextInt(20);
      try (Arena arena = Arena.ofConfined()) {
        TensorType type = products.type();
        MemorySegment w = WeightBlocks.finite(type, rows * columns, random, arena);
        float[] array = new float[MARGIN + tokens * (columns + rows) + MARGIN];
        System.arraycopy(
            WeightBlocks.gaussians(tokens * columns, random), 0, array, MARGIN, tokens * columns);
        int yAt = MARGIN + tokens * columns;
        products.rows(
            w, columns, 0, rows, array, MARGIN, columns, tokens, array, yAt, rows, scratch);
        String where = "%s %d x %d x %d".formatted(type, rows, columns, tokens);
        for (int i = 0; i < MARGIN; i++) {
          assertEquals(0, array[i], where);
          assertEquals(0, array[array.length - 1 - i], where);
        }
        compareWithDoubles(type, w, rows, columns, tokens, array, where);
        compareWithOtherCalls(products, w, rows, columns, tokens, array, where);
      }
    }
  }

  private static void compareWithDoubles(
      TensorType type,
      MemorySegment w,
      int rows,
      int columns,
      int tokens,
      float[] array,
      String where) {
    float[] row = new float[columns];
    for (int r = 0; r < rows; r++) {
      type.format().dequantize(w, r * type.bytes(columns), columns, row, 0);
      for (int t = 0; t < tokens; t++) {
        double sum = 0;
        double magnitude = 0;
        for (int k = 0; k < columns; k++) {
          double product = (double) row[k] * array[MARGIN + t * columns + k];
          sum += product;
          magnitude += Math.abs(product);
        }
        float actual = array[MARGIN + tokens * columns + t * rows + r];
        assertTrue(
            Math.abs(sum - actual) <= 1e-6 * magnitude + 1e-42,
            where + " row " + r + " token " + t + ": " + sum + " but got " + actual);
      }
    }
  }

  /** Each token alone, some rows at a time, to another array. */
  private void compareWithOtherCalls(
      PlainProducts products,
      MemorySegment w,
      int rows,
      int columns,
      int tokens,
      float[] array,
      String where) {
    int step = 1 + columns % 9;
    float[] y = new float[rows];
    for (int t = 0; t < tokens; t++) {
      for (int r = 0; r < rows; r += step) {
        int end = Math.min(r + step, rows);
        products.rows(
            w, columns, r, end, array, MARGIN + t * columns, columns, 1, y, 0, rows, scratch);
      }
      for (int r = 0; r < rows; r++) {
        float expected = array[MARGIN + tokens * columns + t * rows + r];
        assertEquals(expected, y[r], where + " row " + r + " token " + t);
      }
    }
  }

  /**
   * Infinite weights, subnormal ones and NaN, at every place of a row of one and a half vectors.
   */
  @ParameterizedTest
  @MethodSource("products")
  void keepsExtremeValues(PlainProducts products) {
    TensorType type = products.type();
    float[] weights = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, tiny(type)};
    for (int columns : new int[] {1, 24, 33}) {
      for (int at = 0; at < columns; at++) {
        for (float weight : weights) {
          float[] y = new float[2 * ROWS];
          float[] x = new float[2 * columns];
          x[at] = 2;
          x[columns + at] = -1;
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment w = arena.allocate(ROWS * type.bytes(columns));
            for (int r = 0; r < ROWS; r++) {
              put(type, weight, w, r * type.bytes(columns) + at * type.bytes(1));
            }
            products.rows(w, columns, 0, ROWS, x, 0, columns, 2, y, 0, ROWS, scratch);
          }
          for (int r = 0; r < ROWS; r++) {
            assertEquals(2 * weight, y[r], type + " column " + at + " of " + columns);
            assertEquals(-weight, y[ROWS + r], type + " column " + at + " of " + columns);
          }
        }
      }
    }
  }

  private static final int ROWS = 5;

  /** The smallest positive number. */
  private static float tiny(TensorType type) {
    return switch (type) {
      case F16 -> 0x1p-24f;
      case BF16 -> 0x1p-133f;
      default -> Float.MIN_VALUE;
    };
  }

  private static void put(TensorType type, float value, MemorySegment to, long at) {
    switch (type) {
      case F16 -> to.set(LittleEndian.I16, at, Float.floatToFloat16(value));
      case BF16 -> to.set(LittleEndian.I16, at, (short) (Float.floatToRawIntBits(value) >>> 16));
      default -> to.set(LittleEndian.F32, at, value);
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    for (CpuKernels kind : MachineKernels.available()) {
      PlainProducts products = MachineKernels.of(kind).plain(TensorType.F32);
      float[] x = new float[8];
      float[] y = new float[4];
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment w = arena.allocate(4 * 4 * Float.BYTES);
        products.rows(w, 4, 0, 4, x, 4, 4, 1, y, 0, 4, scratch);
        int[][] wrong = {{5, 4, 1, 0, 4}, {0, 4, 3, 0, 0}, {0, 4, 1, 1, 4}, {0, 4, 2, 0, 4}};
        for (int[] n : wrong) {
          assertThrows(
              IndexOutOfBoundsException.class,
              () -> products.rows(w, 4, 0, 4, x, n[0], n[1], n[2], y, n[3], n[4], scratch));
        }
        assertThrows(
            IndexOutOfBoundsException.class,
            () -> products.rows(w, 4, 1, 5, x, 0, 4, 1, y, 0, 4, scratch));
      }
    }
  }
}
