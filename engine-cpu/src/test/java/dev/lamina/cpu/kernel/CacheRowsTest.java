package dev.lamina.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class CacheRowsTest {
  private static final long SEED = 5;
  private final Scratch scratch = new Scratch();

  private void load(TensorType type, MemorySegment cache, long offset, int n, float[] dst, int at) {
    new TileReader(type, n).rows(cache, offset, n, dst, at, scratch);
  }

  @ParameterizedTest
  @MethodSource("dev.lamina.engine.backend.RuntimeConfig#cacheTypes")
  void storesAndLoads(TensorType type) {
    CacheRows rows = CacheRows.of(type);
    Random random = new Random(SEED);
    try (Arena arena = Arena.ofConfined()) {
      for (int n : new int[] {32, 64, 96, 128, 256}) {
        float[] x = WeightBlocks.gaussians(n + 1, random);
        // The row ends where the segment ends: nothing after it may be read.
        MemorySegment cache = arena.allocate(rows.bytes(n) + 6);
        rows.store(x, 1, n, cache, 6);
        float[] stored = new float[n + 3];
        load(type, cache, 6, n, stored, 3);
        for (int i = 0; i < n; i++) {
          assertEquals(x[1 + i], stored[3 + i], precision(type, x, i, n));
        }
        float[] reference = new float[n];
        type.format().dequantize(cache, 6, n, reference, 0);
        assertArrayEquals(reference, Arrays.copyOfRange(stored, 3, 3 + n));
      }
    }
  }

  /** Half a step, plus the error from rounding scales. */
  private static double precision(TensorType type, float[] x, int i, int n) {
    return switch (type) {
      case F32 -> 0;
      case F16 -> 0x1p-11 * Math.abs(x[1 + i]);
      case BF16 -> 0x1p-8 * Math.abs(x[1 + i]);
      case Q8_0 -> largest(x, i, n) / 127 * (0.5 + 127 * 0x1p-11 + 0.001);
      // The other end of the range is a step beyond the last code.
      case Q4_0 -> largest(x, i, n) / 8 * 1.01;
      case Q5_0 -> largest(x, i, n) / 16 * 1.02;
      case Q4_1 -> largest(x, i, n) * 2 / 15 * 0.52;
      case Q5_1 -> largest(x, i, n) * 2 / 31 * 0.54;
      case IQ4_NL -> largest(x, i, n) * 0.18;
      default -> throw new AssertionError(type);
    };
  }

  private static double largest(float[] x, int i, int n) {
    float max = 0;
    for (int j = i / 32 * 32; j < i / 32 * 32 + 32 && j < n; j++) {
      max = Math.max(max, Math.abs(x[1 + j]));
    }
    return max;
  }

  /** Every F16 number is kept, and a value halfway between two is rounded to the even one. */
  @Test
  void roundsToHalfFloats() {
    CacheRows rows = CacheRows.of(TensorType.F16);
    int n = 0x7c00;
    float[] x = new float[6 * n];
    for (int h = 0; h < n; h++) {
      float value = Float.float16ToFloat((short) h);
      float next = h + 1 == n ? 65536 : Float.float16ToFloat((short) (h + 1));
      float middle = (value + next) / 2;
      x[h] = value;
      x[n + h] = -value;
      x[2 * n + h] = middle;
      x[3 * n + h] = -middle;
      x[4 * n + h] = Math.nextDown(middle);
      x[5 * n + h] = Math.nextUp(middle);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cache = arena.allocate(rows.bytes(x.length));
      rows.store(x, 0, x.length, cache, 0);
      for (int h = 0; h < n; h++) {
        int even = h + (h & 1);
        int[] expected = {h, h | 0x8000, even, even | 0x8000, h, h + 1};
        for (int kind = 0; kind < 6; kind++) {
          int actual = LittleEndian.u16(cache, 2L * (kind * n + h));
          assertEquals(expected[kind], actual, "F16 " + h + " kind " + kind);
        }
      }
    }
  }

  @Test
  void keepsInfinityAndNaN() {
    float inf = Float.POSITIVE_INFINITY;
    float[] x = {inf, -inf, Float.NaN, 1e30f, -1e30f, 65504, 65519, 65520, 1e-30f, -1e-30f};
    float[] expected = {inf, -inf, Float.NaN, inf, -inf, 65504, 65504, inf, 0, -0f};
    CacheRows rows = CacheRows.of(TensorType.F16);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cache = arena.allocate(rows.bytes(x.length));
      rows.store(x, 0, x.length, cache, 0);
      float[] stored = new float[x.length];
      load(TensorType.F16, cache, 0, x.length, stored, 0);
      for (int i = 0; i < x.length; i++) {
        assertEquals(expected[i], stored[i]);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "IQ4_NL"})
  void quantizesZerosAndTinyValuesToZero(TensorType type) {
    CacheRows rows = CacheRows.of(type);
    float[] x = new float[64];
    x[40] = 1e-40f;
    x[41] = -1e-9f;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cache = arena.allocate(rows.bytes(64));
      rows.store(x, 0, 64, cache, 0);
      float[] stored = new float[64];
      load(type, cache, 0, 64, stored, 0);
      for (float value : stored) {
        assertTrue(value == 0);
      }
    }
  }

  /** An outlier does not change the sign of the others, and both ends of a range are exact. */
  @ParameterizedTest
  @EnumSource(names = {"Q4_0", "Q4_1", "Q5_0", "Q5_1", "IQ4_NL"})
  void keepsTheExtremes(TensorType type) {
    CacheRows rows = CacheRows.of(type);
    try (Arena arena = Arena.ofConfined()) {
      for (float sign : new float[] {1, -1}) {
        float[] x = new float[32];
        Arrays.fill(x, sign * 0.5f);
        x[17] = -sign * 4;
        MemorySegment cache = arena.allocate(rows.bytes(32));
        rows.store(x, 0, 32, cache, 0);
        float[] stored = new float[32];
        load(type, cache, 0, 32, stored, 0);
        assertEquals(x[17], stored[17], 0.1f);
        assertEquals(x[0], stored[0], 0.15f);
      }
    }
  }

  @Test
  void roundsToBf16() {
    float[] x = {1, 1 + 0x1p-8f, 1 + 3 * 0x1p-8f, Float.NaN, Float.MAX_VALUE, -1e-40f};
    CacheRows rows = CacheRows.of(TensorType.BF16);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cache = arena.allocate(rows.bytes(x.length));
      rows.store(x, 0, x.length, cache, 0);
      float[] stored = new float[x.length];
      load(TensorType.BF16, cache, 0, x.length, stored, 0);
      assertEquals(1, stored[0]);
      assertEquals(1, stored[1]);
      assertEquals(1 + 2 * 0x1p-7f, stored[2]);
      assertTrue(Float.isNaN(stored[3]));
      assertEquals(Float.POSITIVE_INFINITY, stored[4]);
      assertEquals(-1e-40f, stored[5], 5e-41f);
    }
  }

  @Test
  void refusesOtherTypesAndPartsOfBlocks() {
    assertThrows(IllegalArgumentException.class, () -> CacheRows.of(TensorType.Q4_K));
    assertThrows(IllegalArgumentException.class, () -> CacheRows.of(TensorType.Q8_0).bytes(40));
  }
}
