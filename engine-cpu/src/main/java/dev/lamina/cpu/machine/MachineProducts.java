package dev.lamina.cpu.machine;

import dev.lamina.cpu.kernel.PackedMatrix;
import dev.lamina.cpu.kernel.PackedProducts;
import dev.lamina.cpu.kernel.Packing;
import dev.lamina.cpu.kernel.Scratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Matrix products with machine code. */
public final class MachineProducts implements PackedProducts {
  private static final int LINE = 64;

  /** Bytes of a row in a line. */
  private static final int ROW = LINE / Packing.ROWS;

  private final MachineKernels kernels;
  private final Arena arena;
  private final Input many;

  private MemorySegment input = MemorySegment.NULL;
  private int nTokens;
  private int columns;

  /**
   * @param arena owns the memory of the activations
   */
  public MachineProducts(MachineKernels kernels, Arena arena) {
    this.kernels = kernels;
    this.arena = arena;
    this.many = kernels.tier().input();
  }

  @Override
  public boolean dense() {
    return kernels.dense();
  }

  @Override
  public void prepare(int tokens, int columns, boolean asFloats) {
    long bytes = kernels.inputBytes(tokens, columns);
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
    return nTokens == 1 ? Input.SINGLE : many;
  }

  @Override
  public int groupTokens() {
    return layout().tokens();
  }

  private int nGroups() {
    return Math.ceilDiv(nTokens, layout().tokens());
  }

  @Override
  public void fill(int group, float[] x, int xAt, boolean asFloats, Scratch scratch) {
    Input layout = layout();
    long at = (long) group * layout.bytes(columns);
    int first = group * layout.tokens();
    int n = Math.min(layout.tokens(), nTokens - first);
    Objects.checkFromIndexSize(xAt + first * columns, n * columns, x.length);
    Objects.checkFromIndexSize(at, layout.bytes(columns), input.byteSize());
    MemorySegment activations = scratch.segment(x);
    for (int t = 0; t < n; t++) {
      int from = xAt + (first + t) * columns;
      kernels.round(layout, activations, from, address(first + t), columns);
    }
  }

  @Override
  public void multiply(
      PackedMatrix m,
      int rowBegin,
      int rows,
      int begin,
      int end,
      float[] y,
      int yAt,
      int yStride,
      Scratch scratch) {
    Objects.checkFromIndexSize(rowBegin, rows, m.rows());
    int strip = rowBegin / Packing.ROWS;
    int whole = rows / Packing.ROWS;
    if (whole > 0) {
      strips(m, strip, whole, begin, end, y, yAt + begin * yStride, yStride, scratch);
    }
    int rest = rows % Packing.ROWS;
    if (rest > 0) {
      // The padding rows of the last strip have no place in y.
      float[] padded = scratch.products((end - begin) * Packing.ROWS);
      strips(m, strip + whole, 1, begin, end, padded, 0, Packing.ROWS, scratch);
      for (int t = begin; t < end; t++) {
        int from = (t - begin) * Packing.ROWS;
        System.arraycopy(padded, from, y, yAt + t * yStride + rows - rest, rest);
      }
    }
  }

  private void strips(
      PackedMatrix m,
      int strip,
      int n,
      int begin,
      int end,
      float[] y,
      int yAt,
      int yStride,
      Scratch scratch) {
    if (m.dense() != dense()) {
      throw new IllegalArgumentException("matrix in a layout for other kernels");
    }
    if (m.columns() != columns) {
      throw new IllegalArgumentException("matrix of other columns than the activations");
    }
    Objects.checkFromToIndex(begin, end, nTokens);
    Objects.checkFromIndexSize(yAt, (end - begin - 1) * yStride + n * Packing.ROWS, y.length);
    Objects.checkFromIndexSize(0, (long) nGroups() * layout().bytes(columns), input.byteSize());
    multiply(m, strip, n, begin, end, scratch.segment(y), yAt, yStride);
  }

  /**
   * As {@link #strips}, with results on or off the heap. The result must have room for all rows.
   */
  void multiply(
      PackedMatrix m,
      int strip,
      int n,
      int begin,
      int end,
      MemorySegment results,
      int yAt,
      int yStride) {
    int endOfMany = endOfMany(begin, end);
    if (endOfMany > begin) {
      if (kernels.tier() == Tier.AMX) {
        tiles(m, strip, n, begin, endOfMany, results, yAt, yStride);
      } else {
        batch(m, strip, n, begin, endOfMany, results, yAt, yStride);
      }
    }
    int most = Math.min(kernels.tier().tokens, layout().tokens());
    for (int t = endOfMany; t < end; t += most) {
      int at = yAt + (t - begin) * yStride;
      vectors(m, strip, n, t, Math.min(most, end - t), results, at, yStride);
    }
  }

  /**
   * The end of the tokens for {@link TileKernel} or {@link BatchKernel}; begin if there are none.
   */
  private int endOfMany(int begin, int end) {
    boolean tiles = kernels.tier() == Tier.AMX;
    int several = tiles ? Input.TILE : layout().tokens();
    // Without tiles, it pays to unpack weights for several groups.
    return end - begin < (tiles ? several : 2 * several) ? begin : end - (end - begin) % several;
  }

  /** Multiplies strips with tokens from a multiple of 16 to another. */
  private void tiles(
      PackedMatrix m,
      int strip,
      int n,
      int begin,
      int end,
      MemorySegment results,
      int yAt,
      int yStride) {
    MemorySegment function = kernels.function(m, MachineKernels.TILES);
    for (int i = 0; i < n; i += TileKernel.STRIPS) {
      int some = Math.min(TileKernel.STRIPS, n - i);
      long weights = m.address(strip + i, some);
      int at = yAt + i * Packing.ROWS;
      for (int t = begin; t < end; t += TileKernel.MOST * Input.TILE) {
        long y = at + (long) (t - begin) * yStride;
        int tiles = Math.min(TileKernel.MOST, (end - t) / Input.TILE);
        call(function, m, weights, t, results, y, yStride, tiles + (some << 16));
      }
    }
  }

  /** Multiplies strips with tokens from the beginning of a group to that of another. */
  private void batch(
      PackedMatrix m,
      int strip,
      int n,
      int begin,
      int end,
      MemorySegment results,
      int yAt,
      int yStride) {
    MemorySegment function = kernels.function(m, MachineKernels.BATCH);
    int lanes = kernels.tier().lanes();
    for (int row = 0; row < n * Packing.ROWS; row += lanes) {
      long weights = m.address(strip + row / Packing.ROWS, 1) + row % Packing.ROWS * ROW;
      for (int t = begin; t < end; t += BatchKernel.MOST) {
        long y = yAt + row + (long) (t - begin) * yStride;
        int groups = Math.min(BatchKernel.MOST, end - t) / layout().tokens();
        call(function, m, weights, t, results, y, yStride, groups);
      }
    }
  }

  /** Multiplies strips with a few tokens. */
  private void vectors(
      PackedMatrix m,
      int strip,
      int n,
      int from,
      int tokens,
      MemorySegment results,
      int yAt,
      int yStride) {
    MemorySegment function = kernels.function(m, nTokens == 1 ? MachineKernels.SINGLE : tokens);
    int lanes = kernels.tier().lanes();
    for (int row = 0; row < Packing.ROWS; row += lanes) {
      long weights = m.address(strip, n) + (long) row * ROW;
      call(function, m, weights, from, results, (long) yAt + row, yStride, n);
    }
  }

  /** Calls a function with the activations from a token on and results from index y on. */
  private void call(
      MemorySegment function,
      PackedMatrix m,
      long weights,
      int token,
      MemorySegment results,
      long y,
      int yStride,
      int count) {
    long stride = (long) Float.BYTES * yStride;
    int units = columns / m.unit();
    MachineKernels.call(
        function, weights, address(token), results, Float.BYTES * y, stride, units, count);
  }

  /** Address of a token's activations. */
  private long address(int token) {
    Input layout = layout();
    int tokens = layout.tokens();
    long group = (long) (token / tokens) * layout.bytes(columns);
    return input.address() + group + layout.four(0, token % tokens);
  }
}
