package dev.lamina.cpu.kernel;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;

/**
 * A weight matrix in the layout of {@link Packing}: [strips, units] of {@link Packing#unitBytes}.
 * Rows are filled up with zeros to a multiple of 16.
 */
public final class PackedMatrix {
  /** Exponents of infinity and NaN. */
  private static final int INFINITE_F16 = 0x7c00;

  private static final int INFINITE_BF16 = 0x7f80;

  final TensorType type;
  final Packing packing;
  final MemorySegment data;
  final int rows;
  final int columns;
  final int unit;

  private final boolean dense;
  private final long rowBytes;
  private final byte[] indices;

  private PackedMatrix(
      TensorType type,
      Packing packing,
      int rows,
      int columns,
      boolean dense,
      SegmentAllocator allocator) {
    this.dense = dense;
    this.type = type;
    this.packing = packing;
    this.rows = rows;
    this.columns = columns;
    this.unit = unit(columns);
    this.rowBytes = type.bytes(columns);
    this.indices = packing.indices();
    this.data = allocator.allocate(bytes(packing, rows, columns), Packing.LINE);
  }

  /**
   * Allocates a matrix, to be filled strip by strip.
   *
   * @param dense as {@link PackedProducts#dense} of the kernels that will read it
   * @param allocator of the copy's memory
   * @return null if the type is not repacked
   */
  public static PackedMatrix allocate(
      TensorType type, int rows, int columns, boolean dense, SegmentAllocator allocator) {
    Packing packing = Packing.of(type, dense);
    return packing == null
        ? null
        : new PackedMatrix(type, packing, rows, columns, dense, allocator);
  }

  /** Bytes of the copy, 0 if the type is not repacked. */
  public static long bytes(TensorType type, int rows, int columns, boolean dense) {
    Packing packing = Packing.of(type, dense);
    return packing == null ? 0 : bytes(packing, rows, columns);
  }

  /** As {@link #asFloats()}, for a type that is repacked. */
  public static boolean asFloats(TensorType type) {
    Packing packing = Packing.of(type, false);
    return packing != null && packing.asFloats();
  }

  private static long bytes(Packing packing, int rows, int columns) {
    int unit = unit(columns);
    long units = (long) Math.ceilDiv(rows, Packing.ROWS) * (columns / unit);
    return Math.multiplyExact(units, packing.unitBytes(unit));
  }

  /** The largest power of two that divides the columns, at most 256. */
  private static int unit(int columns) {
    return Math.min(Packing.UNIT, Integer.lowestOneBit(columns));
  }

  public TensorType type() {
    return type;
  }

  public Packing packing() {
    return packing;
  }

  /** Whether the matrix was allocated with {@link DenseLines}. */
  public boolean dense() {
    return dense;
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  /** Columns of a unit. */
  public int unit() {
    return unit;
  }

  /**
   * Address of the first of some strips, which lie one after the other.
   *
   * @throws IndexOutOfBoundsException if there are not so many
   */
  public long address(int strip, int n) {
    // A slice would create an object for each call.
    long offset = Objects.checkFromIndexSize(offset(strip, 0), offset(n, 0), data.byteSize());
    return data.address() + offset;
  }

  /** Memory of the copy, for writing. */
  public MemorySegment data() {
    return data;
  }

  /** Bytes of a row in the file. */
  public long rowBytes() {
    return rowBytes;
  }

  /** Rows of a strip that the file has: 16, or fewer in the last one. */
  public int stripRows(int strip) {
    return Math.min(Packing.ROWS, rows - strip * Packing.ROWS);
  }

  public int nStrips() {
    return Math.ceilDiv(rows, Packing.ROWS);
  }

  /** Whether batches are multiplied as floats, which {@link PackedInput} must then hold. */
  public boolean asFloats() {
    return packing.asFloats();
  }

  private long unitBytes() {
    return packing.unitBytes(unit);
  }

  /** Offset of a unit in the copy. */
  public long offset(int strip, int unitIndex) {
    return ((long) strip * (columns / unit) + unitIndex) * unitBytes();
  }

  /**
   * Fills a strip; strips may be filled in parallel.
   *
   * @param weights the strip's {@link #stripRows} rows as in the file, in native memory that is not
   *     mapped
   * @return whether all scales are finite; otherwise the strip must not be used
   */
  public boolean pack(int strip, MemorySegment weights, Scratch scratch) {
    int end = stripRows(strip);
    Unpacker indexed = Unpackers.ofIndices(type);
    Unpacker unpacker = indexed != null ? indexed : Unpackers.of(type);
    int[] words = scratch.unitWords;
    int step = Scratch.PACKED_UNITS * unit;
    for (int k = 0; k < columns; k += step) {
      int n = Math.min(step, columns - k);
      int nWords = n / unit * words();
      Arrays.fill(words, 0, nWords, 0);
      for (int r = 0; r < end; r++) {
        long at = r * rowBytes + type.bytes(k);
        unpacker.unpack(weights, at, n / type.blockSize(), scratch.codes);
        packRow(n, r, indexed != null, scratch);
      }
      MemorySegment.copy(words, 0, data, ValueLayout.JAVA_INT, offset(strip, k / unit), nWords);
    }
    return hasFiniteScales(strip);
  }

  /** Whether all scales of a strip are finite. */
  private boolean hasFiniteScales(int strip) {
    int infinite = packing.scales() == Packing.Scales.BF16 ? INFINITE_BF16 : INFINITE_F16;
    int n = packing.scaleBytes(unit);
    int from = packing.hasUnitScale() ? n - Packing.LINE : 0;
    boolean finite = true;
    for (int u = 0; u < columns / unit; u++) {
      long at = offset(strip, u);
      for (int i = from; i < n; i += Integer.BYTES) {
        int halves = data.get(ValueLayout.JAVA_INT, at + i);
        finite &= (halves & infinite) != infinite && (halves >>> 16 & infinite) != infinite;
      }
    }
    return finite;
  }

  /** Ints of a unit. */
  private int words() {
    return packing.unitBytes(unit) / Integer.BYTES;
  }

  /**
   * Packs the codes of some units of a row.
   *
   * @param indexed whether they are indices already
   */
  private void packRow(int n, int row, boolean indexed, Scratch scratch) {
    int to = row;
    for (int k = 0; k < n; k += unit, to += words()) {
      packScales(scratch.codes, k / packing.group(), scratch.unitWords, to);
      int lines = to + packing.scaleBytes(unit) / Integer.BYTES;
      scratch.indexPacker.pack(
          packing, indexed, indices, scratch.codes.codes, k, unit, scratch.unitWords, lines);
    }
  }

  /**
   * @param first group of the unit
   * @param at of the row in the unit's first line
   */
  private void packScales(Codes codes, int first, int[] words, int at) {
    switch (packing.scales()) {
      case BYTES -> {
        packBytes(codes, first / 8, words, at);
        packUnitScale(codes, first / 8, words, at);
      }
      case NIBBLES -> {
        packNibbles(codes.scaleBytes, first / 8, words, at);
        packUnitScale(codes, first / 8, words, at);
      }
      case F16, BF16 -> {
        packHalves(codes.scales, first, words, at);
        if (packing.hasMins()) {
          packHalves(codes.mins, first, words, at + Packing.ROWS * packing.scaleLines(unit) / 2);
        }
      }
    }
  }

  private void packNibbles(long[] odd, int first, int[] words, int at) {
    for (int line = 0; line < packing.scaleLines(unit); line++) {
      words[at + line * Packing.ROWS] = (int) Long.compress(odd[first + line] >>> 1, Bits.NIBBLES);
    }
  }

  private void packHalves(float[] values, int first, int[] words, int at) {
    int n = unit / packing.group();
    for (int g = 0; g < n; g += 2) {
      int high = g + 1 < n ? half(values[first + g + 1]) : 0;
      words[at + g / 2 * Packing.ROWS] = half(values[first + g]) | high << 16;
    }
  }

  private void packBytes(Codes codes, int first, int[] words, int at) {
    int nGroups = unit / packing.group();
    int perLine = packing.hasMins() ? 2 : 4;
    for (int g = 0; g < nGroups; g += perLine) {
      int shift = 8 * (g & 7);
      int word = (int) (codes.scaleBytes[first + (g >> 3)] >>> shift);
      if (packing.hasMins()) {
        int mins = (int) (codes.minBytes[first + (g >> 3)] >>> shift);
        word = word & 0xff | (mins & 0xff) << 8 | (word & 0xff00) << 8 | (mins & 0xff00) << 16;
      }
      words[at + g / perLine * Packing.ROWS] = word;
    }
  }

  private void packUnitScale(Codes codes, int first, int[] words, int at) {
    int d = half(codes.scaleUnits[first] / packing.scaleFactor());
    int min = packing.hasMins() ? half(codes.minUnits[first]) : 0;
    words[at + Packing.ROWS * packing.scaleLines(unit)] = d | min << 16;
  }

  private int half(float value) {
    return packing.scales() == Packing.Scales.BF16
        ? Float.floatToRawIntBits(value) >>> 16
        : Float.floatToFloat16(value) & 0xffff;
  }
}
