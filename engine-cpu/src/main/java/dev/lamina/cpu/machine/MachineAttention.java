package dev.lamina.cpu.machine;

import dev.lamina.cpu.kernel.ArraySegments;
import dev.lamina.cpu.kernel.AttentionKernels;
import dev.lamina.cpu.kernel.KeyTiles;
import dev.lamina.cpu.kernel.ValueTiles;
import dev.lamina.cpu.machine.AttentionFunctions.Part;
import dev.lamina.cpu.system.CodeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Attention with machine code. It alone passes addresses, and checks all ranges before. */
public final class MachineAttention implements AttentionKernels {
  /** Largest width of a panel of values. */
  private static final int WIDTH = KeyTiles.POSITIONS;

  private static final int POSITIONS = KeyTiles.POSITIONS;
  private static final int EIGHT = CacheRowKernel.EIGHT;

  /** From this number of rows on, a tile is converted before it is multiplied. */
  private static final int MANY_ROWS = 16;

  /** Largest number of scores of a call; during a call the garbage collector must wait. */
  private static final int SCORES_AT_ONCE = 1 << 18;

  private final AttentionFunctions functions;
  private final int headDim;
  private final KeyTiles keyTiles;
  private final ValueTiles valueTiles;

  /** Null if machine code reads the keys, or values, of the cache. */
  private final PlainTiles plainKeys;

  private final PlainTiles plainValues;

  /** A tile that machine code converted to F32. */
  private final MemorySegment floats;

  private final MemorySegment array;
  private final long length;
  private final ArraySegments segments = new ArraySegments();

  /**
   * @param array of queries, scores, sums and softmax
   */
  public MachineAttention(AttentionFunctions functions, float[] array) {
    this(functions, MemorySegment.ofArray(array));
  }

  /**
   * @param array of floats, on the heap or not
   */
  MachineAttention(AttentionFunctions functions, MemorySegment array) {
    this.functions = functions;
    this.headDim = functions.headDim;
    this.keyTiles = new KeyTiles(functions.keyType, headDim);
    this.valueTiles = new ValueTiles(functions.valueType, headDim);
    this.plainKeys =
        functions.readsKeys() ? null : new PlainTiles(functions.keyType, headDim, headDim);
    this.plainValues =
        functions.readsValues()
            ? null
            : new PlainTiles(functions.valueType, headDim, functions.paddedDim());
    this.floats = floats(POSITIONS * functions.paddedDim());
    this.array = array;
    this.length = array.byteSize() / Float.BYTES;
  }

  @SuppressWarnings("MustBeClosed") // freed with this object
  private static MemorySegment floats(int n) {
    return Arena.ofAuto().allocate((long) Float.BYTES * n, 64);
  }

  @Override
  public void storeKey(float[] k, int at, MemorySegment keys, long tile, int position) {
    if (headDim % EIGHT != 0 || !CacheRowKernel.stores(functions.keyType)) {
      keyTiles.store(k, at, keys, tile, position);
      return;
    }
    Objects.checkIndex(position, POSITIONS);
    Objects.checkFromIndexSize(tile, keyTiles.bytes(), keys.byteSize());
    long to = keys.address() + tile + (long) position * functions.keyType.blockBytes();
    store(Part.STORE_KEY, k, at, to, headDim);
  }

  @Override
  public void storeValue(float[] v, int at, MemorySegment values, long tile, int position) {
    if (headDim % EIGHT != 0 || !CacheRowKernel.stores(functions.valueType)) {
      valueTiles.store(v, at, values, tile, position);
      return;
    }
    Objects.checkIndex(position, POSITIONS);
    Objects.checkFromIndexSize(tile, valueTiles.bytes(), values.byteSize());
    int bytes = functions.valueType.blockBytes();
    for (int i = 0; i < headDim; i += WIDTH) {
      int width = Math.min(WIDTH, headDim - i);
      long to = values.address() + tile + (long) bytes * (POSITIONS * i + position * width);
      store(Part.STORE_VALUE, v, at + i, to, width);
    }
  }

  private void store(Part part, float[] x, int at, long to, int n) {
    Objects.checkFromIndexSize(at, n, x.length);
    long place = (long) Float.BYTES * at;
    CodeMemory.call(functions.part(part), to, n / EIGHT, segments.of(x), place, 0, 0);
  }

  @Override
  public void queries(int rows, int queries, int factor) {
    softmax(Part.QUERIES, 1, sumStride(rows * headDim), queries, 0, factor, 0);
  }

  @Override
  public void score(
      MemorySegment keys,
      long tile,
      long next,
      int rows,
      int queries,
      int scores,
      int stride,
      int positions) {
    Objects.checkFromIndexSize(tile, keyTiles.bytes(), keys.byteSize());
    checkRows(rows, queries, headDim, headDim);
    checkRows(rows, scores, stride, POSITIONS);
    long address = keys.address() + tile;
    long ahead = keys.address() + next;
    boolean many = rows >= MANY_ROWS && functions.convertsKeys();
    if (plainKeys != null) {
      address = plainKeys.keys(keys, tile);
      ahead = address;
    } else if (many) {
      address = convert(Part.FLOAT_KEYS, address, ahead, POSITIONS * headDim);
      ahead = address;
    }
    multiply(
        functions.scores(many), address, ahead, rows, queries, headDim, scores, stride, headDim);
  }

  /** Converts elements of the cache; returns the address of the floats. */
  private long convert(Part part, long elements, long next, int n) {
    int turns = n / FloatTileKernel.TURN;
    CodeMemory.call(functions.part(part), elements, next, floats, turns, 0, 0);
    return floats.address();
  }

  @Override
  public void exponentials(
      int rows, int columns, int scores, int stride, int softmax, int softmaxStride) {
    softmax(Part.EXPONENTIALS, rows, columns, scores, stride, softmax, softmaxStride);
  }

  @Override
  public void weigh(int rows, int columns, int scores, int stride, int softmax, int softmaxStride) {
    softmax(Part.WEIGH, rows, columns, scores, stride, softmax, softmaxStride);
  }

  private void softmax(
      Part part, int rows, int columns, int scores, int stride, int softmax, int softmaxStride) {
    if (columns < 1 || columns % GROUP != 0) {
      throw new IllegalArgumentException(columns + " scores are not whole groups of " + GROUP);
    }
    checkRows(rows, scores, stride, columns);
    checkRows(rows, softmax, softmaxStride, 2);
    int most = Math.max(1, SCORES_AT_ONCE / columns);
    for (int r = 0; r < rows; r += most) {
      CodeMemory.call(
          functions.part(part),
          pair(Math.min(most, rows - r), columns / GROUP),
          pair(stride, softmaxStride),
          array,
          pair(scores + r * stride, softmax + r * softmaxStride),
          0,
          0);
    }
  }

  @Override
  public void addValues(
      MemorySegment values,
      long tile,
      long next,
      int rows,
      int weights,
      int stride,
      int positions,
      int sums,
      int distance) {
    Objects.checkFromIndexSize(tile, valueTiles.bytes(), values.byteSize());
    Objects.checkFromToIndex(1, positions, POSITIONS);
    checkRows(rows, weights, stride, positions);
    checkRows(rows, sums, distance, functions.paddedDim());
    long address = values.address() + tile;
    long ahead = values.address() + next;
    boolean many = rows >= MANY_ROWS && functions.convertsValues();
    if (plainValues != null) {
      address = plainValues.values(values, tile, positions);
      ahead = address;
    } else if (many) {
      address = convert(Part.FLOAT_VALUES, address, ahead, POSITIONS * headDim);
      ahead = address;
    }
    multiply(
        functions.sums(many), address, ahead, rows, weights, stride, sums, distance, positions);
  }

  /** Checks the range of some rows of n floats. */
  private void checkRows(int rows, int at, int distance, int n) {
    Objects.checkFromIndexSize(at, (rows - 1L) * distance + n, length);
  }

  /** Multiplies rows in blocks of as many as there are registers for, and the rest. */
  private void multiply(
      AttentionFunctions.Products products,
      long tile,
      long next,
      int rows,
      int a,
      int aStride,
      int c,
      int cStride,
      int n) {
    int most = products.mostRows();
    for (int r = 0; r < rows; ) {
      int block = Math.min(most, rows - r);
      int blocks = (rows - r) / block;
      CodeMemory.call(
          products.of(block),
          tile,
          next,
          array,
          pair(a + r * aStride, c + r * cStride),
          pair(aStride, cStride),
          pair(blocks, n));
      r += blocks * block;
    }
  }

  /** Two numbers of 32 bits. */
  private static long pair(int low, int high) {
    return low | (long) high << 32;
  }

  @Override
  public void addUp(int parts, int nParts) {
    int n = sumStride(headDim);
    checkRows(nParts, parts, n, n);
    CodeMemory.call(
        functions.part(Part.ADD_UP),
        nParts,
        n / EIGHT,
        array,
        (long) Float.BYTES * parts,
        (long) Float.BYTES * n,
        0);
  }

  private static int sumStride(int n) {
    return AttentionKernels.sumStride(n);
  }
}
