package dev.lamina.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Dequantizing gives exactly the floats of the scalar reference, for every type. */
class DecodeTest {
  private static final long SEED = 20;
  private final Scratch scratch = new Scratch();

  @ParameterizedTest
  @MethodSource("dev.lamina.cpu.kernel.WeightBlocks#weightTypes")
  void givesTheBitsOfTheReferenceOnRandomBits(TensorType type) {
    Random random = new Random(SEED);
    for (int round = 0; round < 12; round++) {
      try (Arena arena = Arena.ofConfined()) {
        int columns = round % 3 == 0 ? type.blockSize() * (1 + round) : 2048 + 256 * round;
        int nRows = 2;
        MemorySegment blocks = WeightBlocks.randomBits(type, nRows * columns, random, arena);
        String where = type + " seed " + SEED + " round " + round;
        compareRows(type, blocks, columns, nRows, where);
      }
    }
  }

  /** All bytes equal, for every byte: all zeros, all ones, and every code at every place. */
  @ParameterizedTest
  @MethodSource("dev.lamina.cpu.kernel.WeightBlocks#weightTypes")
  void givesTheBitsOfTheReferenceOnUniformBytes(TensorType type) {
    try (Arena arena = Arena.ofConfined()) {
      int columns = Math.max(type.blockSize(), 64);
      MemorySegment blocks = arena.allocate(256 * type.bytes(columns));
      for (int value = 0; value < 256; value++) {
        long rowBytes = type.bytes(columns);
        blocks.asSlice(value * rowBytes, rowBytes).fill((byte) value);
      }
      compareRows(type, blocks, columns, 256, type + " of uniform bytes");
    }
  }

  @ParameterizedTest
  @MethodSource("dev.lamina.cpu.kernel.WeightBlocks#weightTypes")
  void doesNotWriteBeyondTheRow(TensorType type) {
    try (Arena arena = Arena.ofConfined()) {
      int columns = type.blockSize();
      MemorySegment blocks = WeightBlocks.finite(type, columns, new Random(SEED), arena);
      float[] row = new float[columns + 40];
      MatMul.reader(type).decode(blocks, 0, columns, row, 20, scratch.codes);
      for (int i = 0; i < 20; i++) {
        assertEquals(0, row[i]);
        assertEquals(0, row[20 + columns + i]);
      }
    }
  }

  private void compareRows(
      TensorType type, MemorySegment blocks, int columns, int nRows, String where) {
    float[] row = new float[columns];
    RowReader reader = MatMul.reader(type);
    for (int r = 0; r < nRows; r++) {
      float[] expected = WeightBlocks.reference(type, blocks, r * type.bytes(columns), columns);
      reader.decode(blocks, r * type.bytes(columns), columns, row, 0, scratch.codes);
      for (int i = 0; i < columns; i++) {
        if (bits(expected[i]) != bits(row[i])) {
          byte[] block = new byte[type.blockBytes()];
          long at = r * type.bytes(columns) + i / type.blockSize() * (long) block.length;
          MemorySegment.copy(blocks, ValueLayout.JAVA_BYTE, at, block, 0, block.length);
          assertEquals(
              expected[i],
              row[i],
              where
                  + " row "
                  + r
                  + " column "
                  + i
                  + " of block "
                  + HexFormat.of().formatHex(block));
        }
      }
    }
  }

  /** Any NaN is as good as another. */
  private static int bits(float value) {
    return Float.floatToIntBits(value);
  }
}
