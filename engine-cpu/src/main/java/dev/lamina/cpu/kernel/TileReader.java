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
 * Converts tiles of a KV cache to floats with the Vector API. Immutable; nothing is allocated.
 *
 * @param type of the cache
 */
record TileReader(TensorType type, RowReader reader, int headDim) {
  private static final int WIDTH = RowProducts.WIDTH;
  private static final int POSITIONS = KeyTiles.POSITIONS;
  private static final int BLOCK = Q8_0.BLOCK_SIZE;
  private static final int SCALE_BYTES = 2 * POSITIONS;
  private static final int BLOCK_BYTES = POSITIONS * Q8_0.BLOCK_BYTES;

  TileReader(TensorType type, int headDim) {
    this(type, reader(type), headDim);
  }

  /** The reader of a type; null for F32 and F16. */
  private static RowReader reader(TensorType type) {
    return switch (type) {
      case F32, F16 -> null;
      case BF16 -> new Bf16Rows();
      case Q8_0 -> CodedRows.of(type, new LegacyQuants.Q8Zero());
      case Q4_0 -> CodedRows.of(type, new LegacyQuants.Q4Zero());
      case Q4_1 -> CodedRows.of(type, new LegacyQuants.Q4One());
      case Q5_0 -> CodedRows.of(type, new LegacyQuants.Q5Zero());
      case Q5_1 -> CodedRows.of(type, new LegacyQuants.Q5One());
      case IQ4_NL -> CodedRows.of(type, new TableQuants.Iq4Nl());
      default -> throw new IllegalArgumentException("a KV cache cannot be of type " + type);
    };
  }

  /** Reads a tile of {@link KeyTiles} into {@code dst}, [headDim, POSITIONS]. */
  void keys(MemorySegment keys, long tileOffset, float[] dst, Scratch scratch) {
    switch (type) {
      case F32, F16, BF16 -> rows(keys, tileOffset, headDim * POSITIONS, dst, 0, scratch);
      case Q8_0 -> codes(keys, tileOffset, dst, scratch.codes);
      default -> transposed(keys, tileOffset, dst, scratch);
    }
  }

  private void transposed(MemorySegment keys, long tileOffset, float[] dst, Scratch scratch) {
    int n = headDim * POSITIONS;
    float[] values = scratch.products(n);
    rows(keys, tileOffset, n, values, 0, scratch);
    for (int p = 0; p < POSITIONS; p++) {
      for (int i = 0; i < headDim; i++) {
        dst[i * POSITIONS + p] = values[p * headDim + i];
      }
    }
  }

  private void codes(MemorySegment keys, long tileOffset, float[] dst, Codes codes) {
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

  /**
   * Reads the first n positions of a tile of {@link ValueTiles} into {@code dst}, [panels,
   * POSITIONS, WIDTH]; positions after n, and elements after the width of a narrower panel, are
   * undefined.
   */
  void values(MemorySegment values, long tileOffset, int n, float[] dst, Scratch scratch) {
    for (int i = 0; i < headDim; i += WIDTH) {
      int width = Math.min(WIDTH, headDim - i);
      int to = POSITIONS * i;
      rows(values, tileOffset + POSITIONS * type.bytes(i), n * width, dst, to, scratch);
      if (width < WIDTH) {
        for (int p = n - 1; p > 0; p--) {
          System.arraycopy(dst, to + p * width, dst, to + p * WIDTH, width);
        }
      }
    }
  }

  /** Reads n elements of {@link CacheRows} into {@code dst[at, at + n)}. */
  void rows(MemorySegment cache, long offset, int n, float[] dst, int at, Scratch scratch) {
    switch (type) {
      case F32 -> MemorySegment.copy(cache, LittleEndian.F32, offset, dst, at, n);
      case F16 -> HalfFloats.load(cache, offset, n, dst, at);
      default -> reader.decode(cache, offset, n, dst, at, scratch.codes);
    }
  }
}
