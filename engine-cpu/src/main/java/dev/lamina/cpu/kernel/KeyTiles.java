package dev.lamina.cpu.kernel;

import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.format.LittleEndian;
import dev.lamina.kernels.format.Q8_0;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Access to the keys of one head in tiles of {@link #POSITIONS} positions, [headDim, POSITIONS]
 * each. A lane is a position, so that scores need no sum across a vector. A tile of Q8_0 has, for
 * each 32 of the headDim, the scales of all positions and then [32, POSITIONS] signed bytes. Tiles
 * take as much memory as rows. Types with fewer bits are stored as rows and transposed when they
 * are read. Immutable; nothing is allocated.
 */
public final class KeyTiles {
  /** Positions of a tile. */
  public static final int POSITIONS = RowProducts.WIDTH;

  private static final int BLOCK = Q8_0.BLOCK_SIZE;
  private static final int SCALE_BYTES = 2 * POSITIONS;
  private static final int BLOCK_BYTES = POSITIONS * Q8_0.BLOCK_BYTES;

  private final TensorType type;
  private final CacheRows rows;
  private final int headDim;

  /**
   * @throws IllegalArgumentException if a cache cannot have the type, or headDim is not a multiple
   *     of its block size
   */
  public KeyTiles(TensorType type, int headDim) {
    this.rows = CacheRows.of(type);
    rows.bytes(headDim);
    this.type = type;
    this.headDim = headDim;
  }

  /** Bytes of a tile. */
  public long bytes() {
    return POSITIONS * type.bytes(headDim);
  }

  /** Writes {@code src[at, at + headDim)} to a position of a tile, rounded as {@link CacheRows}. */
  public void store(float[] src, int at, MemorySegment keys, long tileOffset, int position) {
    switch (type) {
      case F32 -> storeF32(src, at, keys, tileOffset + 4L * position);
      case F16 -> storeF16(src, at, keys, tileOffset + 2L * position);
      case BF16 -> storeBf16(src, at, keys, tileOffset + 2L * position);
      case Q8_0 -> storeQ8(src, at, keys, tileOffset, position);
      default -> rows.store(src, at, headDim, keys, tileOffset + position * type.bytes(headDim));
    }
  }

  private void storeF32(float[] src, int at, MemorySegment keys, long offset) {
    for (int i = 0; i < headDim; i++) {
      keys.set(LittleEndian.F32, offset + 4L * POSITIONS * i, src[at + i]);
    }
  }

  private void storeF16(float[] src, int at, MemorySegment keys, long offset) {
    for (int i = 0; i < headDim; i++) {
      short half = Float.floatToFloat16(src[at + i]);
      keys.set(LittleEndian.I16, offset + 2L * POSITIONS * i, half);
    }
  }

  private void storeBf16(float[] src, int at, MemorySegment keys, long offset) {
    for (int i = 0; i < headDim; i++) {
      keys.set(LittleEndian.I16, offset + 2L * POSITIONS * i, CacheRows.toBf16(src[at + i]));
    }
  }

  private void storeQ8(float[] src, int at, MemorySegment keys, long tileOffset, int position) {
    long to = tileOffset;
    for (int b = at; b < at + headDim; b += BLOCK, to += BLOCK_BYTES) {
      float d = CacheRows.scaleQ8(src, b);
      short half = Float.floatToFloat16(d);
      float inverse = half == 0 ? 0 : 1 / d;
      keys.set(LittleEndian.I16, to + 2L * position, half);
      for (int i = 0; i < BLOCK; i++) {
        byte q = (byte) Math.round(src[b + i] * inverse);
        long offset = to + SCALE_BYTES + (long) POSITIONS * i + position;
        keys.set(ValueLayout.JAVA_BYTE, offset, q);
      }
    }
  }
}
