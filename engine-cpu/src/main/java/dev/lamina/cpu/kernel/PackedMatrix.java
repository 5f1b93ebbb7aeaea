package dev.lamina.cpu.kernel;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A weight matrix in the layout of {@link Packing}: [strips, units] of {@link Packing#unitBytes}.
 * Rows are filled up with zeros to a multiple of 16.
 */
public final class PackedMatrix {
  private static final long NIBBLES = 0x000f000f000f000fL;
  private static final long PAIRS = 0x0003000300030003L;
  private static final long BITS = 0x0001000100010001L;
  private static final long BYTES = 0x00ff00ff00ff00ffL;

  /** Exponent of F16 infinity and NaN. */
  private static final int INFINITE = 0x7c00;

  final Packing packing;
  final MemorySegment data;
  final int rows;
  final int columns;
  final int unit;

  private final Unpacker unpacker;
  private final CodedRows source;
  private final MemorySegment weights;
  private final long rowBytes;
  private final byte[] indices;

  /** Set when a scale is not finite: such a matrix must not be used. */
  private volatile boolean spoilt;

  private PackedMatrix(
      TensorType type, Packing packing, MemorySegment weights, int rows, int columns, Arena arena) {
    this.packing = packing;
    this.rows = rows;
    this.columns = columns;
    this.unit = unit(columns);
    this.unpacker = MatMul.unpacker(type);
    this.source = CodedRows.of(type, unpacker);
    this.weights = weights;
    this.rowBytes = type.bytes(columns);
    this.indices = packing.indices();
    this.data = arena.allocate(bytes(packing, rows, columns), Packing.LINE);
  }

  /**
   * Room for a matrix, to be filled strip by strip.
   *
   * @param weights as for {@link MatMul#rows}; read by {@link #pack} only
   * @param arena owns the copy
   * @return null if the type is not repacked
   */
  public static PackedMatrix allocate(
      TensorType type, MemorySegment weights, int rows, int columns, Arena arena) {
    Packing packing = Packing.of(type);
    return packing == null ? null : new PackedMatrix(type, packing, weights, rows, columns, arena);
  }

  /** Bytes of the copy, 0 if the type is not repacked. */
  public static long bytes(TensorType type, int rows, int columns) {
    Packing packing = Packing.of(type);
    return packing == null ? 0 : bytes(packing, rows, columns);
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

  public int nStrips() {
    return Math.ceilDiv(rows, Packing.ROWS);
  }

  /** Whether all scales are finite; known when all strips are packed. */
  public boolean usable() {
    return !spoilt;
  }

  /** Whether batches are multiplied as floats, which {@link PackedInput} must then hold. */
  public boolean asFloats() {
    return packing.asFloats();
  }

  private long unitBytes() {
    return packing.unitBytes(unit);
  }

  long offset(int strip, int unitIndex) {
    return ((long) strip * (columns / unit) + unitIndex) * unitBytes();
  }

  /** Fills a strip; strips may be filled in parallel. */
  public void pack(int strip, Scratch scratch) {
    int end = Math.min(Packing.ROWS, rows - strip * Packing.ROWS);
    for (int r = 0; r < end; r++) {
      long row = (long) (strip * Packing.ROWS + r) * rowBytes;
      for (int k = 0; k < columns; k += Codes.CAPACITY) {
        int n = Math.min(Codes.CAPACITY, columns - k);
        source.unpack(weights, row, k, n, scratch.codes);
        for (int i = 0; i < n; i += unit) {
          packUnit(scratch.codes, i, offset(strip, (k + i) / unit) + 4 * r);
        }
      }
    }
  }

  private void packUnit(Codes codes, int from, long at) {
    packCodes(codes.codes, from, at);
    long scales = at + packing.planeBytes(unit);
    if (packing.halfScales()) {
      packHalves(codes.scales, from / packing.group(), scales);
      if (packing.hasMins()) {
        long mins = scales + (long) Packing.LINE * packing.scaleLines(unit) / 2;
        packHalves(codes.mins, from / packing.group(), mins);
      }
    } else {
      packBytes(codes, from, scales);
    }
  }

  private void packCodes(byte[] codes, int from, long at) {
    int bits = packing.bits();
    boolean nibbles = bits >= 4 && bits <= 6;
    long high = at + (bits == 8 ? 0 : packing.lowPlaneBytes(unit));
    for (int k = 0; k < unit; k += 8) {
      long x = indices(codes, from + k);
      if (bits == 8) {
        set(at + k / 4 * Packing.LINE, lanes(x & 0xffffffffL, BYTES));
        set(at + (k / 4 + 1) * Packing.LINE, lanes(x >>> 32, BYTES));
      } else if (nibbles) {
        set(at + k / 8 * Packing.LINE, lanes(x, NIBBLES));
      } else {
        or(at + k / 16 * Packing.LINE, lanes(x, PAIRS) << (k & 8));
      }
      switch (bits) {
        case 3 -> or(high + k / 32 * Packing.LINE, lanes(x >>> 2, BITS) << (k & 24) / 2);
        case 5 -> or(high + k / 32 * Packing.LINE, lanes(x >>> 4, BITS) << (k & 24) / 2);
        case 6 -> or(high + k / 16 * Packing.LINE, lanes(x >>> 4, PAIRS) << (k & 8));
        default -> {}
      }
    }
  }

  private long indices(byte[] codes, int at) {
    if (packing.table() == null) {
      // No byte carries: codes and the bias are below 64.
      long x = (long) Lanes.LONG.get(codes, at);
      return packing.hasMins() || packing.bias() == 0
          ? x
          : (x ^ Bits.TOPS) + packing.bias() * Bits.ONES ^ Bits.TOPS;
    }
    long x = 0;
    for (int i = 0; i < 8; i++) {
      x |= (long) indices[codes[at + i] + 128] << 8 * i;
    }
    return x;
  }

  /** Of eight bytes, the bits under the mask: those of even bytes low, those of odd bytes high. */
  private static int lanes(long x, long mask) {
    return (int) (Long.compress(x, mask) | Long.compress(x, mask << 8) << 16);
  }

  private void set(long at, int value) {
    data.set(ValueLayout.JAVA_INT, at, value);
  }

  private void or(long at, int value) {
    set(at, data.get(ValueLayout.JAVA_INT, at) | value);
  }

  private void packHalves(float[] values, int from, long at) {
    int n = unit / packing.group();
    for (int g = 0; g < n; g += 2) {
      int low = half(values[from + g]);
      int high = g + 1 < n ? half(values[from + g + 1]) : 0;
      set(at + g / 2 * Packing.LINE, low | high << 16);
    }
  }

  private void packBytes(Codes codes, int from, long at) {
    int nGroups = unit / packing.group();
    int first = from / packing.group();
    int perLine = packing.hasMins() ? 2 : 4;
    for (int g = 0; g < nGroups; g += perLine) {
      int shift = 8 * (first + g & 7);
      int scales = (int) (codes.scaleBytes[first + g >> 3] >>> shift);
      int word = scales;
      if (packing.hasMins()) {
        int mins = (int) (codes.minBytes[first + g >> 3] >>> shift);
        word = scales & 0xff | (mins & 0xff) << 8 | (scales & 0xff00) << 8 | (mins & 0xff00) << 16;
      }
      set(at + g / perLine * Packing.LINE, word);
    }
    int d = half(codes.scaleUnits[first >> 3] / packing.scaleFactor());
    int min = packing.hasMins() ? half(codes.minUnits[first >> 3]) : 0;
    set(at + (long) Packing.LINE * packing.scaleLines(unit), d | min << 16);
  }

  private int half(float value) {
    int half = Float.floatToFloat16(value) & 0xffff;
    if ((half & INFINITE) == INFINITE) {
      spoilt = true;
    }
    return half;
  }
}
