package dev.lamina.cpu.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.cpu.kernel.AttentionKernels;
import dev.lamina.cpu.kernel.KeyTiles;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.kernel.VectorAttention;
import dev.lamina.cpu.kernel.WeightBlocks;
import dev.lamina.cpu.system.Platform;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.rows.Elementary;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Attention in machine code against the Vector API, step by step. It adds in the same order, so
 * most results have the same bits. The cache and the array lie between pages that must not be
 * touched.
 */
class MachineAttentionTest {
  private static final long SEED = 11;
  private static final int POSITIONS = KeyTiles.POSITIONS;
  private static final int[] DIMS = {3, 8, 24, 32, 40, 64, 72, 80, 96, 128, 130, 160, 256, 512};
  private static final int[] ROWS = {1, 2, 3, 4, 5, 6, 7, 9, 15, 16, 25};
  private static final long BYTES = 1 << 18;

  static List<MachineKernels> tiers() {
    return MachineKernels.available().stream()
        .filter(kind -> kind != CpuKernels.AMX && kind != CpuKernels.AVXVNNI)
        .map(MachineKernels::of)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("tiers")
  void computesAsTheVectorApiAndTouchesNothingElse(MachineKernels kernels) {
    assumeTrue(!Platform.current().windows(), "guarded memory is for Linux");
    int cases = 0;
    for (boolean atEnd : new boolean[] {false, true}) {
      try (GuardedMemory keys = new GuardedMemory(BYTES, atEnd);
          GuardedMemory values = new GuardedMemory(BYTES, atEnd);
          GuardedMemory array = new GuardedMemory(BYTES, atEnd)) {
        for (TensorType type : RuntimeConfig.cacheTypes()) {
          for (int dim : DIMS) {
            if (dim % type.blockSize() == 0) {
              cases += check(kernels, type, dim, keys, values, array);
            }
          }
        }
      }
    }
    System.out.println(kernels.kind() + ": " + cases + " cases of attention between guards");
    assertTrue(cases > 0);
  }

  private static int check(
      MachineKernels kernels,
      TensorType type,
      int dim,
      GuardedMemory keys,
      GuardedMemory values,
      GuardedMemory array) {
    Random random = new Random(SEED);
    AttentionFunctions functions = new AttentionFunctions(kernels, type, type, dim);
    long bytes = new KeyTiles(type, dim).bytes();
    try (Arena arena = Arena.ofConfined()) {
      for (int rows : ROWS) {
        Case one = new Case(type, dim, rows, random);
        one.take(functions, array);
        one.storesTheSame(
            List.of(arena.allocate(bytes, 64), arena.allocate(bytes, 64)),
            List.of(keys.take(bytes), values.take(bytes)));
        one.computesTheSame();
      }
    }
    return ROWS.length;
  }

  /** Rows in one array: queries, scores, softmax, sums. */
  private static final class Case {
    private final TensorType type;
    private final int dim;
    private final int rows;
    private final int positions;
    private final int columns;
    private final int distance;
    private final int scores;
    private final int sums;
    private final int softmax;
    private final float[] expected;
    private final float[] row;
    private final AttentionKernels vector;
    private AttentionKernels machine;
    private MemorySegment actual;
    private MemorySegment[] tiles;
    private MemorySegment[] guardedTiles;

    Case(TensorType type, int dim, int rows, Random random) {
      this.type = type;
      this.dim = dim;
      this.rows = rows;
      this.positions = 1 + random.nextInt(POSITIONS);
      this.columns = AttentionKernels.sumStride(positions);
      this.distance = AttentionKernels.sumStride(dim);
      this.scores = AttentionKernels.sumStride(rows * dim);
      this.softmax = scores + rows * POSITIONS;
      this.sums = softmax + 2 * rows;
      this.expected = WeightBlocks.gaussians(sums + rows * distance, random);
      this.row = WeightBlocks.gaussians(POSITIONS + dim, random);
      this.vector = new VectorAttention(type, type, dim, expected, new Scratch());
    }

    void take(AttentionFunctions functions, GuardedMemory memory) {
      actual = memory.take((long) Float.BYTES * expected.length);
      machine = new MachineAttention(functions, actual);
    }

    void storesTheSame(List<MemorySegment> plain, List<MemorySegment> guarded) {
      tiles = plain.toArray(MemorySegment[]::new);
      guardedTiles = guarded.toArray(MemorySegment[]::new);
      for (int p = 0; p < POSITIONS; p++) {
        vector.storeKey(row, p, tiles[0], 0, p);
        vector.storeValue(row, p, tiles[1], 0, p);
        machine.storeKey(row, p, guardedTiles[0], 0, p);
        machine.storeValue(row, p, guardedTiles[1], 0, p);
      }
      assertEquals(-1, tiles[0].mismatch(guardedTiles[0]), this + " keys");
      assertEquals(-1, tiles[1].mismatch(guardedTiles[1]), this + " values");
    }

    void computesTheSame() {
      expected[softmax] = 0.37f;
      both((kernels, tile) -> kernels.queries(rows, 0, softmax));
      same("queries", 1, 0, 0, rows * dim, 0);
      both((kernels, tile) -> kernels.score(tile[0], 0, 0, rows, 0, scores, POSITIONS, positions));
      // Q8_0 multiplies sums of 32 codes by scales.
      double rounding = type == TensorType.Q8_0 ? 1e-4 : 0;
      same("scores", rows, scores, POSITIONS, positions, rounding);
      Arrays.fill(expected, scores + positions, scores + columns, Float.NEGATIVE_INFINITY);
      both((kernels, tile) -> kernels.exponentials(rows, columns, scores, POSITIONS, softmax, 2));
      same("exponentials", rows, scores, POSITIONS, columns, 0);
      same("largest", rows, softmax, 2, 1, 0);
      same("sum", rows, softmax + 1, 2, 1, 1e-4);
      both((kernels, tile) -> kernels.weigh(rows, columns, scores, POSITIONS, softmax, 2));
      same("weights", rows, scores, POSITIONS, columns, 0);
      both((kernels, tile) ->
          kernels.addValues(tile[1], 0, 0, rows, scores, POSITIONS, positions, sums, distance));
      same("values", rows, sums, distance, dim, 0);
      if (rows > 1) {
        both((kernels, tile) -> kernels.addUp(sums, rows));
        same("parts", 1, sums, distance, dim, 0);
      }
    }

    /** Runs a step with both, from the same numbers. */
    private void both(BiConsumer<AttentionKernels, MemorySegment[]> run) {
      actual.copyFrom(MemorySegment.ofArray(expected));
      run.accept(machine, guardedTiles);
      run.accept(vector, tiles);
    }

    private void same(String what, int nRows, int at, int stride, int n, double bound) {
      for (int r = 0; r < nRows; r++) {
        for (int i = at + r * stride; i < at + r * stride + n; i++) {
          float value = actual.getAtIndex(ValueLayout.JAVA_FLOAT, i);
          assertEquals(expected[i], value, bound * Math.max(1, Math.abs(expected[i])), this + what);
        }
      }
    }

    @Override
    public String toString() {
      return "%s heads of %d, %d rows, %d positions: ".formatted(type, dim, rows, positions);
    }
  }

  /** A row has the same bits whatever rows are computed with it. */
  @ParameterizedTest
  @MethodSource("tiers")
  void rowsDoNotDependOnEachOther(MachineKernels kernels) {
    Random random = new Random(SEED);
    int dim = 96;
    int rows = 25;
    for (TensorType type : RuntimeConfig.cacheTypes()) {
      AttentionFunctions functions = new AttentionFunctions(kernels, type, type, dim);
      float[] together = WeightBlocks.gaussians(rows * (2 * dim + POSITIONS), random);
      float[] alone = together.clone();
      int scores = 2 * rows * dim;
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment tile = arena.allocate(new KeyTiles(type, dim).bytes(), 64);
        MachineAttention many = new MachineAttention(functions, together);
        MachineAttention one = new MachineAttention(functions, alone);
        float[] row = WeightBlocks.gaussians(dim + POSITIONS, random);
        for (int p = 0; p < POSITIONS; p++) {
          many.storeKey(row, p, tile, 0, p);
        }
        many.score(tile, 0, 0, rows, 0, scores, POSITIONS, POSITIONS);
        for (int r = 0; r < rows; r++) {
          one.score(tile, 0, 0, 1, r * dim, scores + r * POSITIONS, POSITIONS, POSITIONS);
        }
        for (int p = 0; p < POSITIONS; p++) {
          many.storeValue(row, p, tile, 0, p);
        }
        many.addValues(tile, 0, 0, rows, scores, POSITIONS, 50, rows * dim, dim);
        for (int r = 0; r < rows; r++) {
          int at = scores + r * POSITIONS;
          one.addValues(tile, 0, 0, 1, at, POSITIONS, 50, (rows + r) * dim, dim);
        }
        assertEquals(-1, Arrays.mismatch(together, alone), type.toString());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("tiers")
  void exponentialsHaveTheBitsOfScalars(MachineKernels kernels) {
    int n = 1 << 20;
    float[] array = new float[n + 2];
    for (int i = 0; i < n; i++) {
      array[i] = -i * 0x1p-13f; // the largest is 0
    }
    float[] x = array.clone();
    MachineAttention attention =
        new MachineAttention(
            new AttentionFunctions(kernels, TensorType.F32, TensorType.F32, 64), array);
    attention.exponentials(1, n, 0, 0, n, 0);
    for (int i = 0; i < n; i++) {
      assertEquals(Elementary.exp(x[i]), array[i], "e^" + x[i]);
    }
    assertEquals(0, array[n]);
  }

  /** NaN and infinity make the sum of their row NaN, wherever they are, and of no other row. */
  @ParameterizedTest
  @MethodSource("tiers")
  void notANumberSpreadsInItsRow(MachineKernels kernels) {
    AttentionFunctions functions =
        new AttentionFunctions(kernels, TensorType.F16, TensorType.F16, 64);
    int n = 48;
    for (float extreme : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      for (int at = 0; at < n; at++) {
        float[] array = new float[2 * n + 4];
        array[at] = extreme;
        new MachineAttention(functions, array).exponentials(2, n, 0, n, 2 * n, 2);
        assertTrue(Float.isNaN(array[2 * n + 1]), extreme + " at " + at);
        assertEquals(n, array[2 * n + 3]);
      }
    }
    float[] array = new float[18];
    Arrays.fill(array, 0, 16, -1e30f);
    array[3] = 1e30f;
    new MachineAttention(functions, array).exponentials(1, 16, 0, 0, 16, 0);
    assertEquals(1, array[17]);
  }

  @Test
  void checksAllRanges() {
    assumeTrue(!tiers().isEmpty(), "no machine code here");
    AttentionFunctions functions =
        new AttentionFunctions(tiers().getFirst(), TensorType.F16, TensorType.F16, 64);
    AttentionKernels k = new MachineAttention(functions, new float[256]);
    float[] row = new float[64];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment tile = arena.allocate(64 * 64 * 2);
      List<Runnable> wrong =
          List.of(
              () -> k.storeKey(row, 1, tile, 0, 0),
              () -> k.storeKey(row, 0, tile, 2, 0),
              () -> k.storeKey(row, 0, tile, 0, 64),
              () -> k.storeValue(row, 1, tile, 0, 0),
              () -> k.storeValue(row, 0, tile, 2, 0),
              () -> k.storeValue(row, 0, tile, 0, -1),
              () -> k.queries(5, 0, 0),
              () -> k.queries(1, 0, 256),
              () -> k.score(tile, 2, 0, 1, 0, 0, 64, 64),
              () -> k.score(tile, 0, 0, 1, 200, 0, 64, 64),
              () -> k.score(tile, 0, 0, 2, 0, 150, 64, 64),
              () -> k.exponentials(2, 64, 0, 193, 0, 0),
              () -> k.weigh(1, 64, 0, 0, 255, 0),
              () -> k.addValues(tile, 2, 0, 1, 0, 64, 64, 64, 64),
              () -> k.addValues(tile, 0, 0, 1, 0, 64, 65, 64, 64),
              () -> k.addValues(tile, 0, 0, 2, 0, 193, 64, 64, 64),
              () -> k.addValues(tile, 0, 0, 2, 0, 64, 64, 64, 129),
              () -> k.addUp(128, 3));
      for (int i = 0; i < wrong.size(); i++) {
        assertThrows(IndexOutOfBoundsException.class, wrong.get(i)::run, "call " + i);
      }
      assertThrows(IllegalArgumentException.class, () -> k.weigh(1, 10, 0, 0, 0, 0));
    }
  }
}
