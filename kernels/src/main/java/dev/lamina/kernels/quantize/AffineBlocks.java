package dev.lamina.kernels.quantize;

import java.lang.foreign.MemorySegment;

/** Blocks of one group: {@code x = d * q + m}. */
final class AffineBlocks implements GroupedRows.Encoder {
  /** Writes a block, laid out as its type has it. */
  interface Writer {
    /**
     * @param d its scale
     * @param m its minimum
     * @param codes of its elements, counting from 0
     */
    void write(float d, float m, int[] codes, MemorySegment dst, long offset);
  }

  private final int top;
  private final ScaleMinSearch search;
  private final int blockBytes;
  private final Writer writer;

  /**
   * @param top the largest code
   */
  AffineBlocks(int top, ScaleMinSearch search, int blockBytes, Writer writer) {
    this.top = top;
    this.search = search;
    this.blockBytes = blockBytes;
    this.writer = writer;
  }

  @Override
  public void encode(Groups groups, MemorySegment dst, long offset) {
    int n = groups.lanes();
    ScaleMinSearch.Lines lines = search.search(groups);
    Halves.round(lines.scale, groups.unit, n);
    Halves.round(lines.min, groups.unit, n);
    float[] inverse = new float[n];
    ScaleSearch.invert(lines.scale, inverse, n);
    BlockCodes found = new BlockCodes(groups);
    for (int e = 0; e < groups.size; e++) {
      AffineLoops.nearest(groups.x[e], lines.min, inverse, top, found.lanes[e], n);
    }
    for (int b = 0; b < n; b++) {
      long block = offset + (long) b * blockBytes;
      float unit = groups.unit[b];
      writer.write(lines.scale[b] * unit, lines.min[b] * unit, found.ofBlock(b), dst, block);
    }
  }
}
