package dev.lamina.kernels.quantize;

import java.lang.foreign.MemorySegment;

/** Blocks of one group: {@code x = d * q + m}. */
final class AffineBlocks implements GroupedRows.Encoder {
  private final int top;
  private final ScaleMinSearch search;
  private final int blockBytes;
  private final SymmetricBlocks.Writer writer;

  /**
   * @param top the largest code
   * @param writer writes all of a block but scale and minimum, which come first
   */
  AffineBlocks(int top, ScaleMinSearch search, int blockBytes, SymmetricBlocks.Writer writer) {
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
    int[][] nearest = new int[groups.size][n];
    for (int e = 0; e < groups.size; e++) {
      AffineLoops.nearest(groups.x[e], lines.min, inverse, top, nearest[e], n);
    }
    for (int b = 0; b < n; b++) {
      long block = offset + (long) b * blockBytes;
      Halves.put(dst, block, lines.scale[b] * groups.unit[b]);
      Halves.put(dst, block + 2, lines.min[b] * groups.unit[b]);
      writer.write(nearest, b, dst, block);
    }
  }
}
