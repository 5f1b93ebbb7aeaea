package dev.lamina.kernels.quantize;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Quantizes super-block by super-block. A subclass says how a block is searched and written. */
abstract class GridQuantizer<S extends GridSearch> implements RowQuantizer {
  private final int blockBytes;

  GridQuantizer(int blockBytes) {
    this.blockBytes = blockBytes;
  }

  /** A search for the calling thread. */
  abstract S search();

  /** Writes a block, all bytes of which are 0, at {@code block}. */
  abstract void write(S found, MemorySegment dst, long block);

  @Override
  public final void quantize(
      float[] x, int at, int columns, float[] importance, MemorySegment dst, long offset) {
    S search = search();
    long block = offset;
    for (int i = 0; i < columns; i += GridBlock.SIZE, block += blockBytes) {
      dst.asSlice(block, blockBytes).fill((byte) 0);
      if (search.search(x, at + i, importance, i)) {
        write(search, dst, block);
      }
    }
  }

  static void putByte(MemorySegment dst, long at, int value) {
    dst.set(ValueLayout.JAVA_BYTE, at, (byte) value);
  }

  /** Packs numbers of 4 bits in two a byte, the first lowest. */
  static void putNibbles(MemorySegment dst, long at, int[] numbers) {
    for (int i = 0; i < numbers.length; i += 2) {
      putByte(dst, at + i / 2, numbers[i] | numbers[i + 1] << 4);
    }
  }

  /**
   * The high bits, above the low 8, of {@code n} numbers of {@code bits} more, the first lowest.
   */
  static int highBits(int[] numbers, int from, int n, int bits) {
    int high = 0;
    for (int i = 0; i < n; i++) {
      high |= numbers[from + i] >> 8 << bits * i;
    }
    return high;
  }

  /** Four sign masks without their eighth bit, 7 bits each, below a scale of 4 bits. */
  static int signsAndScale(SignedSearch found, int group) {
    int word = found.scales[group] << 28;
    for (int k = 0; k < 4; k++) {
      word |= (found.signs[4 * group + k] & 127) << 7 * k;
    }
    return word;
  }
}
