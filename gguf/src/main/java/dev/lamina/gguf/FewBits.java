package dev.lamina.gguf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Codes of one or two bits with a half-precision scale for each block, such as Q1_0 and Q2_0. They
 * are read as Q4_0, which holds the same values exactly.
 *
 * @param columns of a block
 * @param bits of a code, the first in the lowest bits of the first byte
 * @param codes of Q4_0 (the value in scales, plus 8) by code
 */
record FewBits(int columns, int bits, List<Integer> codes) implements StoredType.Layout {
  private static final int SCALE_BYTES = 2;

  /** Columns and bytes of a block of Q4_0. */
  private static final int TARGET = 32;

  private static final int TARGET_BYTES = 18;

  private int blockBytes() {
    return SCALE_BYTES + columns * bits / 8;
  }

  @Override
  public long bytes(TensorType type, List<Long> shape) {
    long plain = Shapes.bytes(type, shape);
    if (shape.get(0) % columns != 0) {
      throw new IllegalArgumentException(
          "rows of "
              + shape.get(0)
              + " elements, expected a multiple of the block size "
              + columns);
    }
    return plain / TARGET_BYTES * TARGET / columns * blockBytes();
  }

  @Override
  public void restore(FileSlice stored, long rowColumns, long rows, MemorySegment blocks) {
    long nBlocks = rowColumns / columns;
    LongStream.range(0, rows)
        .parallel()
        .forEach(row -> {
          byte[] block = new byte[blockBytes()];
          byte[] plain = new byte[columns / TARGET * TARGET_BYTES];
          for (long i = row * nBlocks; i < (row + 1) * nBlocks; i++) {
            stored.copy(i * block.length, MemorySegment.ofArray(block), 0, block.length);
            restoreBlock(block, plain);
            MemorySegment.copy(plain, 0, blocks, JAVA_BYTE, i * plain.length, plain.length);
          }
        });
  }

  private void restoreBlock(byte[] block, byte[] plain) {
    for (int i = 0; i < columns / TARGET; i++) {
      int at = i * TARGET_BYTES;
      System.arraycopy(block, 0, plain, at, SCALE_BYTES);
      for (int j = 0; j < TARGET / 2; j++) {
        int low = code(block, i * TARGET + j);
        int high = code(block, i * TARGET + TARGET / 2 + j);
        plain[at + SCALE_BYTES + j] = (byte) (low | high << 4);
      }
    }
  }

  private int code(byte[] block, int column) {
    int bit = column * bits;
    return codes.get(block[SCALE_BYTES + bit / 8] >> bit % 8 & (1 << bits) - 1);
  }
}
