package dev.lamina.cpu.kernel;

import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.format.LittleEndian;
import dev.lamina.kernels.format.Q8_0;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

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

  /** Reads a tile into {@code dst}, [headDim, POSITIONS]. */
  public void load(MemorySegment keys, long tileOffset, float[] dst, Scratch scratch) {
    int n = headDim * POSITIONS;
    switch (type) {
      case F32 -> MemorySegment.copy(keys, LittleEndian.F32, tileOffset, dst, 0, n);
      case F16 -> HalfFloats.load(keys, tileOffset, n, dst, 0);
      case BF16 -> rows.load(keys, tileOffset, n, dst, 0, scratch);
      case Q8_0 -> loadQ8(keys, tileOffset, dst, scratch.codes);
      default -> loadRows(keys, tileOffset, dst, scratch);
    }
  }

  private void loadRows(MemorySegment keys, long tileOffset, float[] dst, Scratch scratch) {
    int n = headDim * POSITIONS;
    float[] values = scratch.products(n);
    rows.load(keys, tileOffset, n, values, 0, scratch);
    for (int p = 0; p < POSITIONS; p++) {
      for (int i = 0; i < headDim; i++) {
        dst[i * POSITIONS + p] = values[p * headDim + i];
      }
    }
  }

  private void loadQ8(MemorySegment keys, long tileOffset, float[] dst, Codes codes) {
    long from = tileOffset;
    for (int to = 0; to < headDim * POSITIONS; to += BLOCK * POSITIONS, from += BLOCK_BYTES) {
      HalfFloats.load(keys, from, POSITIONS, codes.scales, 0);
      MemorySegment.copy(
          keys, ValueLayout.JAVA_BYTE, from + SCALE_BYTES, codes.codes, 0, BLOCK * POSITIONS);
      scaled(codes.codes, codes.scales, dst, to);
    }
  }

  private static void scaled(byte[] codes, float[] scales, float[] dst, int at) {
    for (int p = 0; p < POSITIONS; p += Lanes.N) {
      FloatVector scale = FloatVector.fromArray(Lanes.F, scales, p);
      for (int i = p; i < BLOCK * POSITIONS; i += POSITIONS) {
        FloatVector c =
            (FloatVector)
                ByteVector.fromArray(Lanes.BYTES_TO_F, codes, i)
                    .convertShape(VectorOperators.B2F, Lanes.F, 0);
        c.mul(scale).intoArray(dst, at + i);
      }
    }
  }
}
