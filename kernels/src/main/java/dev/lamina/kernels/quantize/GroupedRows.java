package dev.lamina.kernels.quantize;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;

/** Quantizes rows in batches of blocks that fit the processor's caches. */
final class GroupedRows implements RowQuantizer {
  /** Elements of a batch; with their weights they fill a quarter of a megabyte. */
  private static final int BATCH = 1 << 15;

  /** Finds the codes of blocks. */
  interface Encoder {
    /** Writes the loaded blocks one after the other, starting at byte {@code offset}. */
    void encode(Groups groups, MemorySegment dst, long offset);
  }

  private final TensorType type;
  private final int groupSize;
  private final Encoder encoder;

  /**
   * @param groupSize elements that share a scale
   */
  GroupedRows(TensorType type, int groupSize, Encoder encoder) {
    this.type = type;
    this.groupSize = groupSize;
    this.encoder = encoder;
  }

  @Override
  public void quantize(
      float[] x, int at, int columns, float[] importance, MemorySegment dst, long offset) {
    quantizeRows(x, at, 1, columns, importance, dst, offset, type.bytes(columns));
  }

  @Override
  public void quantizeRows(
      float[] x,
      int at,
      int rows,
      int columns,
      float[] importance,
      MemorySegment dst,
      long offset,
      long rowBytes) {
    int blockSize = type.blockSize();
    if (columns % blockSize != 0) {
      throw new IllegalArgumentException(
          columns + " columns are not a multiple of the block size " + blockSize + " of " + type);
    }
    int nBlocks = Math.multiplyExact(rows, columns / blockSize);
    int batch = Math.min(nBlocks, Math.max(1, BATCH / blockSize));
    Groups groups = new Groups(groupSize, blockSize / groupSize, batch);
    for (int b = 0; b < nBlocks; b += batch) {
      int first = b * blockSize;
      groups.load(
          x, at + first, importance, first % columns, columns, Math.min(batch, nBlocks - b));
      encoder.encode(groups, dst, offset + type.bytes(first));
    }
  }
}
