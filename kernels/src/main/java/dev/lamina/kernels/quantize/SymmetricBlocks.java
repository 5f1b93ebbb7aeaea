package dev.lamina.kernels.quantize;

import java.lang.foreign.MemorySegment;

/** Blocks of one group: {@code x = d * q}. */
final class SymmetricBlocks implements GroupedRows.Encoder {
  /** Writes a block, laid out as its type has it. */
  interface Writer {
    /**
     * @param d its scale
     * @param codes of its elements, counting from 0
     */
    void write(float d, int[] codes, MemorySegment dst, long offset);
  }

  private final Codes codes;
  private final ScaleSearch search;
  private final int blockBytes;
  private final Writer writer;

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
    BlockCodes found = new BlockCodes(groups);
    for (int e = 0; e < groups.size; e++) {
      codes.nearest(groups.x[e], inverse, found.lanes[e], n);
    }
    for (int b = 0; b < n; b++) {
      long block = offset + (long) b * blockBytes;
      writer.write(scale[b] * groups.unit[b], found.ofBlock(b), dst, block);
    }
  }
}
