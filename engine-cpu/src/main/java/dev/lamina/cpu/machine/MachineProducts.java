package dev.lamina.cpu.machine;

import dev.lamina.cpu.kernel.PackedMatrix;
import dev.lamina.cpu.kernel.PackedProducts;
import dev.lamina.cpu.kernel.Packing;
import dev.lamina.cpu.kernel.Scratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/** Products by machine code. */
public final class MachineProducts implements PackedProducts {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int LINE = 64;

  /** Bytes of a row in a line. */
  private static final int ROW = LINE / Packing.ROWS;

  private static final int MOST = 127;

  /** Bits of infinity; those of NaN are more. */
  private static final int INFINITE = 0x7f800000;

  /** Added to a float of less than 2^22, this leaves its nearest integer in the low bits. */
  private static final float ROUND = 0x1.8p23f;

  private static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);

  private final MachineKernels kernels;
  private final Arena arena;
  private final Input single = new Input(1);
  private final Input many;

  private MemorySegment input = MemorySegment.NULL;
  private int nTokens;
  private int columns;

  /**
   * @param arena takes the activations
   */
  public MachineProducts(MachineKernels kernels, Arena arena) {
    this.kernels = kernels;
    this.arena = arena;
    this.many = new Input(kernels.tier().tokens);
  }

  @Override
  public void prepare(int tokens, int columns, boolean asFloats) {
    long bytes = (long) Math.ceilDiv(tokens, many.tokens()) * many.bytes(columns);
    if (input.byteSize() < bytes) {
      input = arena.allocate(bytes, LINE);
    }
  }

  @Override
  public void shape(int nTokens, int columns) {
    this.nTokens = nTokens;
    this.columns = columns;
  }

  private Input layout() {
    return nTokens == 1 ? single : many;
  }

  @Override
  public int nGroups() {
    return Math.ceilDiv(nTokens, layout().tokens());
  }

  @Override
  public void fill(int group, float[] x, boolean asFloats, Scratch scratch) {
    Input layout = layout();
    long at = (long) group * layout.bytes(columns);
    int first = group * layout.tokens();
    int n = Math.min(layout.tokens(), nTokens - first);
    for (int t = 0; t < n; t++) {
      for (int k = 0; k < columns; k += 32) {
        round(x, (first + t) * columns + k, layout, at + layout.bytes(k), t, scratch.rounded());
      }
    }
  }

  /** Rounds 32 activations. NaN and infinity spoil all of them, as they spoil a sum. */
  private void round(float[] x, int from, Input layout, long at, int token, int[] rounded) {
    int mostBits = 0;
    for (int i = 0; i < 32; i++) {
      mostBits = Math.max(mostBits, Float.floatToRawIntBits(x[from + i]) & Integer.MAX_VALUE);
    }
    float unit = Float.intBitsToFloat(mostBits) / MOST;
    boolean finite = mostBits < INFINITE;
    float inverse = unit > 0 && finite ? 1 / unit : 0;
    for (int i = 0; i < 32; i++) {
      // Ties to even; the compiler makes vectors of this.
      rounded[i] = Float.floatToRawIntBits(x[from + i] * inverse + ROUND) - ROUND_BITS;
    }
    int low = 0;
    int high = 0;
    for (int i = 0; i < 16; i++) {
      low += rounded[i];
      high += rounded[16 + i];
    }
    float scale = finite ? unit : Float.NaN;
    input.set(FLOAT, at + layout.unit(0, token), scale);
    input.set(FLOAT, at + layout.total32(0, token), scale * (low + high));
    input.set(FLOAT, at + layout.total16(0, token), scale * low);
    input.set(FLOAT, at + layout.total16(16, token), scale * high);
    for (int k = 0; k < 32; k += 8) {
      input.set(INT, at + layout.four(k / 4, token), four(rounded, k));
      input.set(INT, at + layout.four(k / 4 + 1, token), four(rounded, k + 2));
    }
  }

  /** Four bytes in the order of columns that weights have, see {@link Packing}. */
  private static int four(int[] rounded, int k) {
    return rounded[k] & 255
        | (rounded[k + 4] & 255) << 8
        | (rounded[k + 1] & 255) << 16
        | rounded[k + 5] << 24;
  }

  @Override
  public void multiply(PackedMatrix m, int rowBegin, float[] y, int yStride, Scratch scratch) {
    int rows = Math.min(ROWS, m.rows() - rowBegin);
    int strip = rowBegin / Packing.ROWS;
    int n = Math.ceilDiv(rows, Packing.ROWS);
    if (rows % Packing.ROWS == 0) {
      strips(m, strip, n, MemorySegment.ofArray(y), rowBegin, yStride);
      return;
    }
    // Rows that fill up the last strip have no place in y.
    float[] padded = scratch.products(nTokens * ROWS);
    strips(m, strip, n, MemorySegment.ofArray(padded), 0, ROWS);
    for (int t = 0; t < nTokens; t++) {
      System.arraycopy(padded, t * ROWS, y, t * yStride + rowBegin, rows);
    }
  }

  /**
   * Multiplies some strips.
   *
   * @param y floats; the first result is that of index yAt
   * @param yStride floats from token to token
   */
  void strips(PackedMatrix m, int strip, int n, MemorySegment y, int yAt, int yStride) {
    if (m.columns() != columns) {
      throw new IllegalArgumentException("matrix of other columns than the activations");
    }
    Input layout = layout();
    int tile = layout.tokens();
    long results = (nTokens - 1L) * yStride + n * Packing.ROWS;
    Objects.checkFromIndexSize(yAt, results, y.byteSize() / Float.BYTES);
    Objects.checkFromIndexSize(0, (long) nGroups() * layout.bytes(columns), input.byteSize());
    long weights = m.address(strip, n);
    int lanes = kernels.tier().lanes();
    for (int t = 0; t < nTokens; t += tile) {
      MemorySegment function = kernels.function(m, layout, Math.min(tile, nTokens - t));
      long x = input.address() + (long) (t / tile) * layout.bytes(columns);
      for (int row = 0; row < Packing.ROWS; row += lanes) {
        MachineKernels.call(
            function,
            weights + (long) row * ROW,
            x,
            y,
            Float.BYTES * (yAt + (long) t * yStride + row),
            (long) Float.BYTES * yStride,
            columns / m.unit(),
            n);
      }
    }
  }
}
