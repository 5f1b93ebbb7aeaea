package dev.lamina.kernels.quantize;

import java.lang.foreign.MemorySegment;

/** Blocks of one group: {@code x = d * q}. */
final class SymmetricBlocks implements GroupedRows.Encoder {
  /** Writes the codes of a block. */
  interface Writer {
    /**
     * @param codes [elements][lanes]
     * @param lane of the block
     */
    void write(int[][] codes, int lane, MemorySegment dst, long offset);
  }

  private final Codes codes;
  private final ScaleSearch search;
  private final int blockBytes;
  private final Writer writer;

  /**
   * @param writer writes all of a block but the scale, which comes first
   */
  SymmetricBlocks(Codes codes, ScaleSearch search, int blockBytes, Writer writer) {
    this.codes = codes;
    this.search = search;
    this.blockBytes = blockBytes;
    this.writer = writer;
  }

  @Override
  public void encode(Groups groups, MemorySegment dst, long offset) {
    int n = groups.lanes();
    float[] scale = new float[n];
    float[] inverse = new float[n];
    search.search(groups, scale, new float[n]);
    Halves.round(scale, groups.unit, n);
    ScaleSearch.invert(scale, inverse, n);
    int[][] nearest = new int[groups.size][n];
    for (int e = 0; e < groups.size; e++) {
      codes.nearest(groups.x[e], inverse, nearest[e], n);
    }
    for (int b = 0; b < n; b++) {
      long block = offset + (long) b * blockBytes;
      Halves.put(dst, block, scale[b] * groups.unit[b]);
      writer.write(nearest, b, dst, block);
    }
  }
}
