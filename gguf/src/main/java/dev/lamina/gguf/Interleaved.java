package dev.lamina.gguf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Blocks of some rows side by side, as files made for one kind of processor had them until 2024: a
 * strip of 4 or 8 rows has, for each 32 columns, the scales of its rows and then their 16 bytes of
 * codes in turns of 4 or 8 bytes.
 *
 * @param nRows of a strip
 * @param turn bytes that a row has before the next one follows
 * @param mask that turns the codes as stored into those of the plain type
 */
record Interleaved(int nRows, int turn, int mask) implements StoredType.Layout {
  private static final int SCALE_BYTES = 2;
  private static final int CODE_BYTES = 16;
  private static final int BLOCK_BYTES = SCALE_BYTES + CODE_BYTES;

  @Override
  public long bytes(TensorType type, List<Long> shape) {
    long bytes = Shapes.bytes(type, shape);
    if (shape.size() < 2 || shape.get(1) % nRows != 0) {
      throw new IllegalArgumentException(
          "its shape is " + shape + ", expected rows in strips of " + nRows);
    }
    return bytes;
  }

  @Override
  public void restore(FileSlice stored, long columns, long rows, MemorySegment blocks) {
    long nBlocks = columns / 32;
    LongStream.range(0, rows / nRows)
        .parallel()
        .forEach(strip -> restoreStrip(stored, strip * nRows * nBlocks, nBlocks, blocks));
  }

  /**
   * @param first number of the strip's first block
   * @param nBlocks of a row
   */
  private void restoreStrip(FileSlice stored, long first, long nBlocks, MemorySegment blocks) {
    byte[] group = new byte[nRows * BLOCK_BYTES];
    byte[] block = new byte[BLOCK_BYTES];
    for (long column = 0; column < nBlocks; column++) {
      long from = (first + column * nRows) * BLOCK_BYTES;
      stored.copy(from, MemorySegment.ofArray(group), 0, group.length);
      for (int row = 0; row < nRows; row++) {
        gather(group, row, block);
        long to = (first + row * nBlocks + column) * BLOCK_BYTES;
        MemorySegment.copy(block, 0, blocks, JAVA_BYTE, to, BLOCK_BYTES);
      }
    }
  }

  private void gather(byte[] group, int row, byte[] block) {
    System.arraycopy(group, row * SCALE_BYTES, block, 0, SCALE_BYTES);
    for (int i = 0; i < CODE_BYTES; i++) {
      int from = nRows * SCALE_BYTES + (i / turn * nRows + row) * turn + i % turn;
      block[SCALE_BYTES + i] = (byte) (group[from] ^ mask);
    }
  }
}
