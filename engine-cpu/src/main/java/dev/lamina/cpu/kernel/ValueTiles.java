package dev.lamina.cpu.kernel;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;

/**
 * Access to the values of one head in tiles of {@link KeyTiles#POSITIONS} positions. A tile is
 * divided into panels of up to {@link RowProducts#WIDTH} of the headDim, [POSITIONS, width] each,
 * as {@link RowProducts} takes them; the last one may be narrower. Tiles take as much memory as
 * rows. Immutable; nothing is allocated.
 */
public final class ValueTiles {
  private static final int WIDTH = RowProducts.WIDTH;
  private static final int POSITIONS = KeyTiles.POSITIONS;

  private final CacheRows rows;
  private final int headDim;

  /**
   * @throws IllegalArgumentException if a cache cannot have the type, or headDim is not a multiple
   *     of its block size
   */
  public ValueTiles(TensorType type, int headDim) {
    this.rows = CacheRows.of(type);
    rows.bytes(headDim);
    this.headDim = headDim;
  }

  /** Bytes of a tile. */
  public long bytes() {
    return POSITIONS * rows.bytes(headDim);
  }

  /** Writes {@code src[at, at + headDim)} to a position of a tile, rounded as {@link CacheRows}. */
  public void store(float[] src, int at, MemorySegment values, long tileOffset, int position) {
    for (int i = 0; i < headDim; i += WIDTH) {
      int width = Math.min(WIDTH, headDim - i);
      long panel = tileOffset + POSITIONS * rows.bytes(i);
      rows.store(src, at + i, width, values, panel + position * rows.bytes(width));
    }
  }
}
