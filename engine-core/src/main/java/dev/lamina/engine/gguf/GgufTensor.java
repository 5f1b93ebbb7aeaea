package dev.lamina.engine.gguf;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Supplier;

/**
 * One tensor of a GGUF file. What computes with the data reads them by {@link #copy} or {@link
 * #dequantize}, see {@link MappedMemory}.
 */
public final class GgufTensor {
  private final String name;
  private final TensorType type;
  private final List<Long> shape;
  private final MemorySegment stored;
  private final Supplier<MemorySegment> restore;
  private final GgufTensor whole;
  private final boolean isStart;
  private final FileBytes file;
  private MemorySegment data;

  /**
   * A tensor whose blocks lie in memory as {@code data()} gives them.
   *
   * @param name unique in the file
   * @param type element type
   * @param shape ggml order: {@code shape[0]} is the number of columns (the contiguous dimension),
   *     {@code shape[1]} rows
   * @param data the raw blocks, exactly {@code type.bytes(elements)} long, little-endian; lives as
   *     long as the file
   */
  public GgufTensor(String name, TensorType type, List<Long> shape, MemorySegment data) {
    this(name, type, shape, data, null, null, null, true);
    this.data = data;
  }

  /** A tensor whose blocks lie in a file as {@code data()} gives them. */
  GgufTensor(String name, TensorType type, List<Long> shape, MemorySegment data, FileBytes file) {
    this(name, type, shape, data, null, file, null, true);
    this.data = data;
  }

  /**
   * A tensor that the file has in another layout.
   *
   * @param stored its bytes in the file
   * @param restore makes the blocks of {@code type} of them, when they are first needed
   * @param file that they are in; null for data in memory
   */
  GgufTensor(
      String name,
      TensorType type,
      List<Long> shape,
      MemorySegment stored,
      Supplier<MemorySegment> restore,
      FileBytes file) {
    this(name, type, shape, stored, restore, file, null, true);
  }

  private GgufTensor(
      String name,
      TensorType type,
      List<Long> shape,
      MemorySegment stored,
      Supplier<MemorySegment> restore,
      FileBytes file,
      GgufTensor whole,
      boolean isStart) {
    this.file = file;
    this.name = name;
    this.type = type;
    this.shape = List.copyOf(shape);
    this.stored = stored;
    this.restore = restore;
    this.whole = whole == null ? this : whole;
    this.isStart = isStart;
  }

  /** Unique in the file. */
  public String name() {
    return name;
  }

  /** Type of the elements in {@link #data()}. */
  public TensorType type() {
    return type;
  }

  /** In ggml's order: columns (the contiguous dimension), then rows. */
  public List<Long> shape() {
    return shape;
  }

  /**
   * The raw blocks, exactly {@link #byteSize()} long, little-endian; they live as long as the file.
   */
  public synchronized MemorySegment data() {
    if (data == null) {
      try {
        data = restore.get();
      } catch (InternalError e) {
        throw unreadable(e);
      }
    }
    return data;
  }

  /** Bytes of {@link #data()}. */
  public long byteSize() {
    return type.bytes(columns()) * rows();
  }

  /** The bytes in the file, of whatever layout. */
  public MemorySegment stored() {
    return stored;
  }

  /** Elements of a row, {@code shape[0]}. */
  public long columns() {
    return shape.get(0);
  }

  /** Product of all dimensions but the first. */
  public long rows() {
    long rows = 1;
    for (int i = 1; i < shape.size(); i++) {
      rows *= shape.get(i);
    }
    return rows;
  }

  /** Some rows of a matrix, as a tensor of its own. */
  public GgufTensor rows(String newName, long first, long n) {
    return part(newName, List.of(columns(), n), type.bytes(columns()) * first);
  }

  /** Some elements of a vector, at the bounds of blocks, as a tensor of its own. */
  public GgufTensor elements(String newName, long first, long n) {
    return part(newName, List.of(n), type.bytes(first));
  }

  /** The same tensor under another name. */
  public GgufTensor named(String newName) {
    return part(newName, shape, 0);
  }

  private GgufTensor part(String newName, List<Long> newShape, long from) {
    long bytes = type.bytes(newShape.stream().reduce(1L, (a, b) -> a * b));
    return new GgufTensor(
        newName, type, newShape, stored, () -> data().asSlice(from, bytes), file, this, from == 0);
  }

  /** The tensor of the file that this is a part of; itself if it is whole. */
  public GgufTensor whole() {
    return whole;
  }

  /** Whether it begins where {@link #whole} does. */
  public boolean isStart() {
    return isStart;
  }

  /**
   * Copies bytes of the data.
   *
   * @throws GgufFormatException if the file lost them since it was opened
   */
  public void copy(long at, MemorySegment to, long toAt, long n) {
    try {
      MappedMemory.copy(data(), at, to, toAt, n);
    } catch (InternalError e) {
      throw unreadable(e);
    }
  }

  /**
   * Brings bytes of a mapped file into memory.
   *
   * @throws GgufFormatException as {@link #copy}
   */
  public void prefetch(long at, long n) {
    try {
      MappedMemory.touch(stored.asSlice(at, n));
    } catch (InternalError e) {
      throw unreadable(e);
    }
  }

  /**
   * Dequantizes some values to float32.
   *
   * @param at byte offset of their first block
   * @param n number of values, a multiple of the block size
   * @throws GgufFormatException as {@link #copy}
   */
  public void dequantize(long at, int n, float[] to, int toAt) {
    long bytes = type.bytes(n);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment blocks = arena.allocate(bytes, Long.BYTES);
      copy(at, blocks, 0, bytes);
      type.format().dequantize(blocks, 0, n, to, toAt);
    }
  }

  private RuntimeException unreadable(InternalError e) {
    if (file == null) {
      throw e;
    }
    return file.unreadable("tensor " + Printable.quote(name), e);
  }

  @Override
  public String toString() {
    return name + " " + type + shape;
  }
}
