package dev.lamina.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Working memory of one worker for matrix products. */
public final class Scratch {
  /** Number of units to pack together, so that a row is read in long pieces. */
  static final int PACKED_UNITS = 4;

  final Codes codes = new Codes();

  final IndexPacker indexPacker = new IndexPacker();

  /** Units of a strip that are being packed. */
  final int[] unitWords = new int[PACKED_UNITS * Packing.ROWS * (Packing.UNIT + 64) / 4];

  private VectorScratch vector;

  private MemorySegment rows = MemorySegment.NULL;
  private MemorySegment strip = MemorySegment.NULL;
  private MemorySegment packed = MemorySegment.NULL;
  private MemorySegment floats = MemorySegment.NULL;
  private MemorySegment results = MemorySegment.NULL;
  private float[] row = {};

  private float[] products = {};

  private final ArraySegments segments = new ArraySegments();

  /** The part that only the Vector API needs, made when it is first used. */
  VectorScratch vector() {
    if (vector == null) {
      vector = new VectorScratch();
    }
    return vector;
  }

  /** Memory for rows of a file's weights. Its contents are undefined. */
  public MemorySegment rows(long bytes) {
    rows = grown(rows, bytes);
    return rows;
  }

  /** Memory for a strip of a file's weights, filled up with zeros. Its contents are undefined. */
  public MemorySegment strip(long bytes) {
    strip = grown(strip, bytes);
    return strip;
  }

  /** Memory for repacked rows. Its contents are undefined. */
  public MemorySegment packed(long bytes) {
    packed = grown(packed, bytes);
    return packed.asSlice(0, bytes);
  }

  /** Native memory for dequantized weights. Its contents are undefined. */
  public MemorySegment floats(long n) {
    floats = grown(floats, Float.BYTES * n);
    return floats;
  }

  /** Native memory for products. Its contents are undefined. */
  public MemorySegment results(long n) {
    results = grown(results, Float.BYTES * n);
    return results;
  }

  /** A dequantized row of at least this length. Its contents are undefined. */
  public float[] row(int length) {
    if (row.length < length) {
      row = new float[length];
    }
    return row;
  }

  @SuppressWarnings("MustBeClosed") // freed with this object
  private static MemorySegment grown(MemorySegment memory, long bytes) {
    return memory.byteSize() < bytes ? Arena.ofAuto().allocate(bytes, Packing.LINE) : memory;
  }

  /** Memory for the products of some rows and tokens. Its contents are undefined. */
  public float[] products(int length) {
    if (products.length < length) {
      products = new float[length];
    }
    return products;
  }

  /** An array as a segment, see {@link ArraySegments}. */
  public MemorySegment segment(float[] array) {
    return segments.of(array);
  }
}
