package dev.lamina.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class MatMulTest {
  private static final long SEED = 7;

  /** Largest error, relative to the sum of |w x|; the worst observed is 2e-7, at 128 bits. */
  private static final double TOLERANCE = 1e-6;

  /** Products this small are rounded to multiples of 2^-149. */
  private static final double SUBNORMAL = 1e-42;

  /** Products with the Vector API, and with machine code of every tier that this processor has. */
  private static final List<Function<TensorType, PlainProducts>> KINDS =
      Stream.concat(
              Stream.<Function<TensorType, PlainProducts>>of(MatMul::of),
              MachineKernels.available().stream()
                  .map(MachineKernels::of)
                  .<Function<TensorType, PlainProducts>>map(kernels -> kernels::plain))
          .toList();

  private static final int[] TOKENS = {1, 2, 3, 5, 8, 33};
  private static final int[] ROWS = {1, 4, 7, 16, 21};
  private final Scratch scratch = new Scratch();

  @ParameterizedTest
  @MethodSource("dev.lamina.cpu.kernel.WeightBlocks#weightTypes")
  void multipliesAsDoublesDo(TensorType type) {
    Random random = new Random(SEED);
    for (int columns : new int[] {type.blockSize(), 256, 1024 + 256, 2048 + 512}) {
      int wholeBlocks = Math.max(columns / type.blockSize(), 1) * type.blockSize();
      for (int i = 0; i < TOKENS.length; i++) {
        check(type, wholeBlocks, ROWS[i % ROWS.length], TOKENS[i], random);
      }
    }
  }

  /** Blocks of one element allow any number of columns. */
  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void multipliesColumnsThatDoNotFillVectors(TensorType type) {
    Random random = new Random(SEED);
    for (int columns : new int[] {1, 3, 15, 17, 31, 33, 100, 1023, 1025, 1039}) {
      for (int nTokens : new int[] {1, 2, 6}) {
        check(type, columns, 5, nTokens, random);
      }
    }
  }

  private void check(TensorType type, int columns, int nRows, int nTokens, Random random) {
    try (Arena arena = Arena.ofConfined()) {
      // Row 0 and the last are left out, x and y have gaps and margins.
      int first = 1;
      int end = first + nRows;
      MemorySegment w = WeightBlocks.finite(type, (end + 1) * columns, random, arena);
      int xStride = columns + 5;
      int yStride = end + 4;
      float[] x = WeightBlocks.gaussians(3 + nTokens * xStride, random);
      float[] y = new float[2 + nTokens * yStride];
      for (int kind = 0; kind < KINDS.size(); kind++) {
        Arrays.fill(y, 77);
        KINDS
            .get(kind)
            .apply(type)
            .rows(w, columns, first, end, x, 3, xStride, nTokens, y, 2, yStride, scratch);
        String where =
            "%s %d x %d x %d seed %d kind %d".formatted(type, nRows, columns, nTokens, SEED, kind);
        for (int t = 0; t < nTokens; t++) {
          for (int r = 0; r < yStride; r++) {
            float actual = y[2 + t * yStride + r];
            if (r < first || r >= end) {
              assertEquals(77, actual, where + " writes outside its rows");
            } else {
              long rowAt = r * type.bytes(columns);
              float[] row = WeightBlocks.reference(type, w, rowAt, columns);
              assertDot(row, x, 3 + t * xStride, actual, where + " row " + r + " token " + t);
            }
          }
        }
      }
    }
  }

  private static void assertDot(float[] w, float[] x, int xAt, float actual, String where) {
    double sum = 0;
    double magnitude = 0;
    for (int k = 0; k < w.length; k++) {
      double product = (double) w[k] * x[xAt + k];
      sum += product;
      magnitude += Math.abs(product);
    }
    double error = Math.abs(sum - actual);
    assertTrue(
        error <= TOLERANCE * magnitude + SUBNORMAL, where + ": " + sum + " but got " + actual);
  }

  @ParameterizedTest
  @MethodSource("dev.lamina.cpu.kernel.WeightBlocks#weightTypes")
  void spreadsNaN(TensorType type) {
    int columns = Math.max(type.blockSize(), 64);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment w = WeightBlocks.finite(type, columns * 4, new Random(SEED), arena);
      float[] x = new float[2 * columns];
      x[5] = Float.NaN;
      float[] y = new float[8];
      for (Function<TensorType, PlainProducts> kind : KINDS) {
        kind.apply(type).rows(w, columns, 0, 4, x, 0, columns, 2, y, 0, 4, scratch);
        for (int r = 0; r < 4; r++) {
          assertTrue(Float.isNaN(y[r]));
          assertEquals(0, y[4 + r]);
        }
        kind.apply(type).rows(w, columns, 0, 4, x, 0, columns, 1, y, 0, 4, scratch);
        assertTrue(Float.isNaN(y[0]));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "Q8_0", "Q4_K"})
  void readsBeyondTwoGibibytes(TensorType type, @TempDir Path folder) throws IOException {
    int columns = 4096;
    long rowBytes = type.bytes(columns);
    int row = Math.toIntExact((1L << 31) / rowBytes + 3);
    Path file = folder.resolve("weights");
    try (Arena arena = Arena.ofConfined();
        FileChannel channel =
            FileChannel.open(
                file,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.SPARSE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
      MemorySegment w = channel.map(FileChannel.MapMode.READ_WRITE, 0, (row + 1) * rowBytes, arena);
      Random random = new Random(SEED);
      w.asSlice(row * rowBytes)
          .copyFrom(WeightBlocks.finite(type, columns, random, arena).asSlice(0, rowBytes));
      float[] x = WeightBlocks.gaussians(2 * columns, random);
      float[] y = new float[2];
      float[] expected = WeightBlocks.reference(type, w, row * rowBytes, columns);
      for (int nTokens = 1; nTokens <= 2; nTokens++) {
        for (Function<TensorType, PlainProducts> kind : KINDS) {
          kind.apply(type)
              .rows(w, columns, row, row + 1, x, 0, columns, nTokens, y, -row, 1, scratch);
          for (int t = 0; t < nTokens; t++) {
            assertDot(expected, x, t * columns, y[t], type + " row " + row + " token " + t);
          }
        }
      }
    }
    Files.delete(file);
  }

  @Test
  void refusesWhatItCannotMultiply() {
    float[] x = new float[512];
    float[] y = new float[8];
    for (Function<TensorType, PlainProducts> kind : KINDS) {
      PlainProducts q4k = kind.apply(TensorType.Q4_K);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment w = arena.allocate(2 * 144);
        String message =
            assertThrows(
                    IllegalArgumentException.class,
                    () -> q4k.rows(w, 128, 0, 1, x, 0, 128, 1, y, 0, 8, scratch))
                .getMessage();
        assertEquals("128 columns of Q4_K, expected a multiple of 256", message);
        assertThrows(
            IndexOutOfBoundsException.class,
            () -> q4k.rows(w, 256, 1, 3, x, 0, 256, 1, y, 0, 8, scratch));
        MemorySegment heap = MemorySegment.ofArray(new byte[144]);
        assertThrows(
            IllegalArgumentException.class,
            () -> q4k.rows(heap, 256, 0, 1, x, 0, 256, 1, y, 0, 8, scratch));
      }
    }
    assertThrows(IllegalArgumentException.class, () -> MatMul.of(TensorType.I32));
    assertThrows(IllegalArgumentException.class, () -> MatMul.of(TensorType.Q8_K));
  }
}
