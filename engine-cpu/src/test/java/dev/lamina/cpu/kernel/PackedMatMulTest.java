package dev.lamina.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.cpu.machine.MachineProducts;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PackedMatMulTest {
  private static final long SEED = 11;

  /** Largest error, relative to the sum of |w x|, with exact activations. */
  private static final double TOLERANCE = 1e-6;

  /** The same if all products have the same sign, so that rounding errors do not cancel. */
  private static final double ONE_SIGN = 1e-5;

  private static final int[] TOKENS = {1, 2, 4, 5, 9, 37};
  private static final int[] ROWS = {1, 16, 17, 40, 64, 48};

  private final Scratch scratch = new Scratch();

  /** Products with the Vector API, and with machine code of every tier that this processor has. */
  private static final Map<String, Kind> KINDS = kinds();

  /**
   * @param machine repacks the weights; null for the Vector API
   */
  private record Kind(PackedProducts products, MachineKernels machine) {
    boolean multiplies(TensorType type) {
      return machine != null || PackedInput.multiplies(type);
    }
  }

  private static Map<String, Kind> kinds() {
    Map<String, Kind> kinds = new LinkedHashMap<>();
    kinds.put("vector", new Kind(new PackedInput(), null));
    for (CpuKernels tier : MachineKernels.available()) {
      MachineKernels machine = MachineKernels.of(tier);
      kinds.put(tier.label(), new Kind(new MachineProducts(machine, Arena.ofAuto()), machine));
    }
    return kinds;
  }

  static Stream<TensorType> packedTypes() {
    return WeightBlocks.weightTypes().filter(type -> Packing.of(type, false) != null);
  }

  @ParameterizedTest
  @MethodSource("packedTypes")
  void multipliesActivationsOfEightBitsExactly(TensorType type) {
    Random random = new Random(SEED);
    for (int columns : new int[] {type.blockSize(), 768, 2048 + 512}) {
      for (int i = 0; i < TOKENS.length; i++) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment w = WeightBlocks.finite(type, ROWS[i] * columns, random, arena);
          float[] x = eightBits(TOKENS[i] * columns, random);
          check(type, w, columns, ROWS[i], TOKENS[i], x, TOLERANCE);
        }
      }
    }
  }

  /** The largest codes of either sign with the largest activations: sums must not overflow. */
  @ParameterizedTest
  @MethodSource("packedTypes")
  void sumsOfTheLargestProductsFit(TensorType type) {
    int columns = 512;
    Random random = new Random(SEED);
    try (Arena arena = Arena.ofConfined()) {
      for (int nTokens : new int[] {1, 4, 16}) {
        for (byte fill : new byte[] {0, -1, 0x77, -0x78, 0x7f, -0x80}) {
          MemorySegment w = filled(type, 16 * columns, fill, random, arena);
          float[] x = new float[nTokens * columns];
          Arrays.fill(x, 127);
          check(type, w, columns, 16, nTokens, x, ONE_SIGN);
          float[] row = WeightBlocks.reference(type, w, 0, columns);
          for (int k = 0; k < x.length; k++) {
            x[k] = row[k % columns] < 0 ? -127 : 127;
          }
          check(type, w, columns, 16, nTokens, x, ONE_SIGN);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("packedTypes")
  void roundsActivationsToEightBits(TensorType type) {
    int columns = 768;
    Random random = new Random(SEED);
    for (int nTokens : new int[] {1, 6}) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment w = WeightBlocks.finite(type, 20 * columns, random, arena);
        float[] x = WeightBlocks.gaussians(nTokens * columns, random);
        // Half a step of 1/127 of the largest of 32, which is below 5.
        check(type, w, columns, 20, nTokens, x, 0.5 * 5 / 127 / Math.sqrt(2 / Math.PI) * 1.5);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("packedTypes")
  void spreadsNaNAndInfinity(TensorType type) {
    int columns = 256;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment w = WeightBlocks.finite(type, columns * 4, new Random(SEED), arena);
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        for (int nTokens : new int[] {1, 2, 16}) {
          float[] x = new float[nTokens * columns];
          x[5] = bad;
          for (Kind kind : KINDS.values()) {
            if (!kind.multiplies(type)) {
              continue;
            }
            float[] y = multiply(kind, type, w, columns, 4, nTokens, x);
            for (int r = 0; r < 4; r++) {
              assertFalse(Float.isFinite(y[r]), type + " " + bad);
              assertTrue(nTokens == 1 || y[4 + r] == 0);
            }
          }
        }
      }
    }
  }

  /** More than fit into one call. */
  @Test
  void multipliesManyTokens() {
    int columns = 64;
    int nTokens = 1100;
    Random random = new Random(SEED);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment w = WeightBlocks.finite(TensorType.Q4_0, 16 * columns, random, arena);
      float[] x = eightBits(nTokens * columns, random);
      check(TensorType.Q4_0, w, columns, 16, nTokens, x, TOLERANCE);
    }
  }

  @Test
  void refusesInfiniteScales() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment w = WeightBlocks.finite(TensorType.Q4_0, 64, new Random(SEED), arena);
      w.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) 0x7c00);
      PackedMatrix matrix = PackedMatrix.allocate(TensorType.Q4_0, 1, 64, false, arena);
      assertFalse(matrix.pack(0, w, scratch));
    }
  }

  @Test
  void tellsItsBytes() {
    assertEquals(2 * (2048 + 256 + 64), PackedMatrix.bytes(TensorType.Q4_K, 17, 256, false));
    assertEquals(32 * 18, PackedMatrix.bytes(TensorType.Q4_0, 16, 64, false) / 16 * 16);
    assertEquals(0, PackedMatrix.bytes(TensorType.F16, 16, 64, false));
  }

  /** The layout for machine code with look-ups takes little more memory than the file. */
  @ParameterizedTest
  @MethodSource("packedTypes")
  void denseCopiesAreSmall(TensorType type) {
    int columns = 2048;
    long copy = PackedMatrix.bytes(type, 16, columns, true);
    double ratio = (double) copy / (16 * type.bytes(columns));
    assertTrue(ratio < 1.32, type + " takes " + ratio + " times the file's bytes");
  }

  /** Multiples of a power of two that are exact in 8 bits: each 32 have one of 127 steps. */
  private static float[] eightBits(int n, Random random) {
    float[] x = new float[n];
    for (int b = 0; b < n; b += 32) {
      float unit = Math.scalb(1f, random.nextInt(9) - 7);
      for (int i = 0; i < 32; i++) {
        x[b + i] = unit * (random.nextInt(255) - 127);
      }
      x[b + random.nextInt(32)] = random.nextBoolean() ? 127 * unit : -127 * unit;
    }
    return x;
  }

  /** Blocks with all bytes equal, except the first ones if these are scales. */
  private static MemorySegment filled(
      TensorType type, int n, byte fill, Random random, Arena arena) {
    MemorySegment w = WeightBlocks.finite(type, n, random, arena);
    int blockBytes = type.blockBytes();
    for (long block = 0; block < w.byteSize() / blockBytes; block++) {
      MemorySegment copy = arena.allocate(blockBytes);
      MemorySegment.copy(w, block * blockBytes, copy, 0, blockBytes);
      // In these types scales are within the first or the last 20 bytes.
      for (long i = 2; i < blockBytes - 2; i++) {
        copy.set(ValueLayout.JAVA_BYTE, i, fill);
      }
      float[] values = WeightBlocks.reference(type, copy, 0, type.blockSize());
      boolean finite = true;
      for (float value : values) {
        finite &= Math.abs(value) < 1e6f;
      }
      if (finite) {
        MemorySegment.copy(copy, 0, w, block * blockBytes, blockBytes);
      }
    }
    return w;
  }

  private float[] multiply(
      Kind kind, TensorType type, MemorySegment w, int columns, int nRows, int nTokens, float[] x) {
    PackedProducts input = kind.products;
    try (Arena arena = Arena.ofConfined()) {
      PackedMatrix matrix = PackedMatrix.allocate(type, nRows, columns, input.dense(), arena);
      for (int strip = 0; strip < matrix.nStrips(); strip++) {
        MemorySegment rows = w.asSlice(strip * 16 * matrix.rowBytes());
        if (kind.machine == null) {
          assertTrue(matrix.pack(strip, rows, scratch));
        } else {
          assertTrue(kind.machine.pack(matrix, strip, rows, scratch));
        }
      }
      boolean asFloats = matrix.asFloats();
      input.prepare(nTokens, columns, asFloats);
      input.shape(nTokens, columns);
      for (int group = 0; group * input.groupTokens() < nTokens; group++) {
        input.fill(group, x, 0, asFloats, scratch);
      }
      float[] y = new float[nTokens * nRows];
      Arrays.fill(y, 77);
      for (int row = 0; row < nRows; row += 2 * PackedProducts.ROWS) {
        int n = Math.min(2 * PackedProducts.ROWS, nRows - row);
        // In two parts, if there are enough tokens.
        int half = nTokens / 2 / PackedProducts.TOKENS * PackedProducts.TOKENS;
        if (half > 0) {
          input.multiply(matrix, row, n, 0, half, y, row, nRows, scratch);
        }
        input.multiply(matrix, row, n, half, nTokens, y, row, nRows, scratch);
      }
      return y;
    }
  }

  private void check(
      TensorType type,
      MemorySegment w,
      int columns,
      int nRows,
      int nTokens,
      float[] x,
      double tolerance) {
    KINDS.forEach((name, kind) -> {
      if (!kind.multiplies(type)) {
        return;
      }
      float[] y = multiply(kind, type, w, columns, nRows, nTokens, x);
      check(name + " " + type, type, w, columns, nRows, nTokens, x, y, tolerance);
    });
  }

  private static void check(
      String name,
      TensorType type,
      MemorySegment w,
      int columns,
      int nRows,
      int nTokens,
      float[] x,
      float[] y,
      double tolerance) {
    for (int r = 0; r < nRows; r++) {
      float[] row = WeightBlocks.reference(type, w, r * type.bytes(columns), columns);
      for (int t = 0; t < nTokens; t++) {
        double sum = 0;
        double magnitude = 0;
        for (int k = 0; k < columns; k++) {
          double product = (double) row[k] * x[t * columns + k];
          sum += product;
          magnitude += Math.abs(product);
        }
        double error = Math.abs(sum - y[t * nRows + r]);
        String where =
            "%s %d x %d x %d row %d token %d seed %d: %g but got %g"
                .formatted(name, nRows, columns, nTokens, r, t, SEED, sum, y[t * nRows + r]);
        assertTrue(error <= tolerance * magnitude + 1e-30, where);
      }
    }
  }
}
