package dev.lamina.cpu.machine;

import dev.lamina.cpu.kernel.KeyTiles;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Converts tiles to F32 by plain loops, for types and heads that no machine code reads. */
final class PlainTiles {
  private static final int POSITIONS = KeyTiles.POSITIONS;

  /** Largest width of a panel of values. */
  private static final int WIDTH = KeyTiles.POSITIONS;

  private final TensorType type;
  private final int headDim;
  private final int paddedDim;
  private final float[] elements;
  private final MemorySegment tile;

  /**
   * @param paddedDim elements of a value in the converted tile; those after the headDim are zeros
   */
  @SuppressWarnings("MustBeClosed") // freed with this object
  PlainTiles(TensorType type, int headDim, int paddedDim) {
    this.type = type;
    this.headDim = headDim;
    this.paddedDim = paddedDim;
    this.elements = new float[POSITIONS * headDim];
    this.tile = Arena.ofAuto().allocate((long) Float.BYTES * POSITIONS * paddedDim, 64);
  }

  /** Converts keys that are stored as rows, to [headDim, POSITIONS]; returns the address. */
  long keys(MemorySegment cache, long offset) {
    type.format().dequantize(cache, offset, elements.length, elements, 0);
    for (int p = 0; p < POSITIONS; p++) {
      for (int i = 0; i < headDim; i++) {
        float element = elements[p * headDim + i];
        tile.setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * POSITIONS + p, element);
      }
    }
    return tile.address();
  }

  /** Converts the first n values, to panels of a padded width; returns the address. */
  long values(MemorySegment cache, long offset, int n) {
    for (int i = 0; i < headDim; i += WIDTH) {
      int width = Math.min(WIDTH, headDim - i);
      int padded = Math.min(WIDTH, paddedDim - i);
      type.format().dequantize(cache, offset + POSITIONS * type.bytes(i), n * width, elements, 0);
      for (int p = 0; p < n; p++) {
        long to = Float.BYTES * ((long) POSITIONS * i + (long) p * padded);
        MemorySegment.copy(elements, p * width, tile, ValueLayout.JAVA_FLOAT, to, width);
      }
    }
    return tile.address();
  }
}
