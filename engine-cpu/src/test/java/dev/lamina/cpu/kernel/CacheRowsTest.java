package dev.lamina.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CacheRowsTest {
  private static final long SEED = 5;
  private final Scratch scratch = new Scratch();

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "Q8_0"})
  void storesAndLoads(TensorType type) {
    CacheRows rows = CacheRows.of(type);
    Random random = new Random(SEED);
    try (Arena arena = Arena.ofConfined()) {
      for (int n : new int[] {32, 64, 96, 128, 256}) {
        float[] x = WeightBlocks.gaussians(n + 1, random);
        // The row ends where the segment ends: nothing may be read behind it.
        MemorySegment cache = arena.allocate(rows.bytes(n) + 6);
        rows.store(x, 1, n, cache, 6);
        float[] stored = new float[n + 3];
        rows.load(cache, 6, n, stored, 3, scratch);
        for (int i = 0; i < n; i++) {
          assertEquals(x[1 + i], stored[3 + i], precision(type, x, i, n));
        }
      }
    }
  }

  /** Half a step: of F16 2^-11 of the value, of Q8_0 the scale with its own rounding. */
  private static double precision(TensorType type, float[] x, int i, int n) {
    return switch (type) {
      case F32 -> 0;
      case F16 -> 0x1p-11 * Math.abs(x[1 + i]);
      default -> {
        float max = 0;
        for (int j = i / 32 * 32; j < i / 32 * 32 + 32 && j < n; j++) {
          max = Math.max(max, Math.abs(x[1 + j]));
        }
        yield max / 127 * (0.5 + 127 * 0x1p-11 + 0.001);
      }
    };
  }

  /** Every F16 number survives, and what lies halfway between two goes to the even one. */
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
      rows.load(cache, 0, x.length, stored, 0, scratch);
      for (int i = 0; i < x.length; i++) {
        assertEquals(expected[i], stored[i]);
      }
    }
  }

  @Test
  void quantisesZerosAndTinyValuesToZero() {
    CacheRows rows = CacheRows.of(TensorType.Q8_0);
    float[] x = new float[64];
    x[40] = 1e-40f;
    x[41] = -1e-9f;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cache = arena.allocate(rows.bytes(64));
      rows.store(x, 0, 64, cache, 0);
      float[] stored = new float[64];
      rows.load(cache, 0, 64, stored, 0, scratch);
      for (float value : stored) {
        assertTrue(value == 0);
      }
    }
  }

  @Test
  void refusesOtherTypesAndPartsOfBlocks() {
    assertThrows(IllegalArgumentException.class, () -> CacheRows.of(TensorType.Q4_0));
    assertThrows(IllegalArgumentException.class, () -> CacheRows.of(TensorType.Q8_0).bytes(40));
  }
}
