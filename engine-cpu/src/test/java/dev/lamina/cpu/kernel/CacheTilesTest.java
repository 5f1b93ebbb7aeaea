package dev.lamina.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys and values in tiles equal those in rows of the same cache type. */
class CacheTilesTest {
  private static final int POSITIONS = KeyTiles.POSITIONS;
  private static final long SEED = 6;
  private final Scratch scratch = new Scratch();

  @ParameterizedTest
  @CsvSource({
    "F32,1",
    "F32,40",
    "F32,64",
    "F32,80",
    "F32,128",
    "F16,3",
    "F16,64",
    "F16,96",
    "F16,128",
    "F16,130",
    "F16,256",
    "Q8_0,32",
    "Q8_0,96",
    "Q8_0,128",
    "Q8_0,160",
    "BF16,40",
    "BF16,128",
    "Q4_0,64",
    "Q4_0,96",
    "Q4_1,128",
    "Q5_0,32",
    "Q5_1,160",
    "IQ4_NL,128"
  })
  void tilesHoldWhatRowsHold(TensorType type, int headDim) {
    KeyTiles keyTiles = new KeyTiles(type, headDim);
    ValueTiles valueTiles = new ValueTiles(type, headDim);
    CacheRows rows = CacheRows.of(type);
    TileReader reader = new TileReader(type, headDim);
    assertEquals(POSITIONS * rows.bytes(headDim), keyTiles.bytes());
    assertEquals(POSITIONS * rows.bytes(headDim), valueTiles.bytes());
    float[] x = WeightBlocks.gaussians(POSITIONS * headDim, new Random(SEED));
    float[] expected = new float[x.length];
    int panels = (headDim + RowProducts.WIDTH - 1) / RowProducts.WIDTH;
    float[] keys = new float[x.length];
    float[] values = new float[POSITIONS * panels * RowProducts.WIDTH];
    try (Arena arena = Arena.ofConfined()) {
      // Tiles end where the segment ends: nothing after them may be read.
      MemorySegment memory = arena.allocate(6 + keyTiles.bytes());
      for (int p = 0; p < POSITIONS; p++) {
        rows.store(x, p * headDim, headDim, memory, 6);
        reader.rows(memory, 6, headDim, expected, p * headDim, scratch);
      }
      for (int p = 0; p < POSITIONS; p++) {
        keyTiles.store(x, p * headDim, memory, 6, p);
      }
      reader.keys(memory, 6, keys, scratch);
      for (int p = 0; p < POSITIONS; p++) {
        valueTiles.store(x, p * headDim, memory, 6, p);
      }
      reader.values(memory, 6, POSITIONS, values, scratch);
    }
    for (int p = 0; p < POSITIONS; p++) {
      for (int d = 0; d < headDim; d++) {
        String at = "position " + p + " element " + d;
        assertEquals(expected[p * headDim + d], keys[d * POSITIONS + p], at);
        int panel = d / RowProducts.WIDTH * RowProducts.WIDTH * POSITIONS;
        int in = panel + p * RowProducts.WIDTH + d % RowProducts.WIDTH;
        assertEquals(expected[p * headDim + d], values[in], at);
      }
    }
  }

  @Test
  void refusesOtherTypesAndPartsOfBlocks() {
    assertThrows(IllegalArgumentException.class, () -> new KeyTiles(TensorType.Q4_K, 256));
    assertThrows(IllegalArgumentException.class, () -> new KeyTiles(TensorType.Q8_0, 40));
    assertThrows(IllegalArgumentException.class, () -> new ValueTiles(TensorType.Q4_K, 256));
    assertThrows(IllegalArgumentException.class, () -> new ValueTiles(TensorType.Q8_0, 40));
  }
}
