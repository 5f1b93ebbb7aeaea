package dev.lamina.gguf;

import dev.lamina.kernels.TensorType;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Supplier;

/**
 * One tensor of a GGUF file. Code that computes with the data reads it by {@link #copy} or {@link
 * #dequantize} (see {@link MappedMemory}), or touches the segment of {@link #memory}.
 */
public final class GgufTensor {
  private final String name;
  private final TensorType type;
  private final List<Long> shape;
  private final FileSlice stored;

  /** Makes the blocks of what is stored; null if they are stored as they are. */
  private final Supplier<MemorySegment> restore;

  /** The tensor that this is a part of; null if it is whole. */
  private final GgufTensor whole;

  /** Offset of this part in the whole tensor, in bytes. */
  private final long partAt;

  private volatile MemorySegment data;

  /**
   * A tensor with its blocks in memory, in the layout of {@code data()}.
   *
   * @param name unique in the file
   * @param type element type
   * @param shape ggml order: {@code shape[0]} is the number of columns (the contiguous dimension),
   *     {@code shape[1]} rows
   * @param data the raw blocks, exactly {@code type.bytes(elements)} long, little-endian; lives as
   *     long as the file
   */
  public GgufTensor(String name, TensorType type, List<Long> shape, MemorySegment data) {
    this(name, type, shape, new FileSlice(FileBytes.of(data), 0, data.byteSize()));
  }

  /** A tensor with its blocks in a file, in the layout of {@code data()}. */
  GgufTensor(String name, TensorType type, List<Long> shape, FileSlice stored) {
    this(name, type, shape, stored, null, null, 0);
    this.data = stored.view();
  }

  /**
   * A tensor that the file stores in another layout.
   *
   * @param stored its bytes in the file
   * @param restore converts these bytes to blocks of {@code type} when they are first needed
   */
  GgufTensor(
      String name,
      TensorType type,
      List<Long> shape,
      FileSlice stored,
      Supplier<MemorySegment> restore) {
    this(name, type, shape, stored, restore, null, 0);
  }

  private GgufTensor(
      String name,
      TensorType type,
      List<Long> shape,
      FileSlice stored,
      Supplier<MemorySegment> restore,
      GgufTensor whole,
      long partAt) {
    this.name = name;
    this.type = type;
    this.shape = List.copyOf(shape);
    this.stored = stored;
    this.restore = restore;
    this.whole = whole;
    this.partAt = partAt;
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
   * If that is neither mapped nor in memory, they are read and kept.
   *
   * @throws GgufFormatException if the file lost them since it was opened
   */
  public MemorySegment data() {
    MemorySegment present = data;
    return present == null ? readData() : present;
  }

  private synchronized MemorySegment readData() {
    if (data == null) {
      try {
        data =
            whole != null
                ? whole.data().asSlice(partAt, byteSize())
                : restore != null ? restore.get() : stored.read();
      } catch (InternalError | UncheckedIOException e) {
        throw unreadable(e);
      }
    }
    return data;
  }

  /** Whether {@link #data()} are pages of a mapped file. */
  public boolean isMapped() {
    return whole != null ? whole.isMapped() : data != null && data.isMapped();
  }

  /** Whether {@link #data()} is in memory and is not pages of a file. */
  public boolean isInMemory() {
    return !isMapped() && (data != null || whole != null && whole.isInMemory());
  }

  /**
   * {@link #data()} in memory that may be touched; null if it is in a file, mapped or not. Data
   * that the file stores in another layout is brought into memory.
   */
  public MemorySegment memory() {
    return isInMemory() || isRestored() ? data() : null;
  }

  /** Whether the file stores another layout, so that {@link #data()} takes memory of its own. */
  public boolean isRestored() {
    return whole != null ? whole.isRestored() : restore != null;
  }

  /** Bytes of {@link #data()}. */
  public long byteSize() {
    return type.bytes(columns()) * rows();
  }

  /** The tensor's bytes in the file, in the layout of the file. */
  public MemorySegment stored() {
    return stored.read();
  }

  /** Number of bytes in the file. */
  public long storedBytes() {
    return stored.size();
  }

  /** Offset of the tensor's data in its file, in bytes. */
  public long storedAt() {
    return stored.at();
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
    return new GgufTensor(newName, type, newShape, stored, null, this, from);
  }

  /** The tensor of the file that this is a part of; itself if it is whole. */
  public GgufTensor whole() {
    return whole == null ? this : whole;
  }

  /** Whether it begins where {@link #whole} does. */
  public boolean isStart() {
    return partAt == 0;
  }

  /**
   * Copies bytes of the data.
   *
   * @throws GgufFormatException if the file lost them since it was opened
   */
  public void copy(long at, MemorySegment to, long toAt, long n) {
    try {
      read(at, to, toAt, n);
    } catch (InternalError | UncheckedIOException e) {
      throw unreadable(e);
    }
  }

  private void read(long at, MemorySegment to, long toAt, long n) {
    if (whole != null) {
      whole.read(partAt + at, to, toAt, n);
    } else if (data == null && restore == null) {
      stored.copy(at, to, toAt, n);
    } else {
      MappedMemory.copy(data(), at, to, toAt, n);
    }
  }

  /**
   * Brings bytes of a mapped file into memory; does nothing for others.
   *
   * @param at in the file's layout
   * @throws GgufFormatException as {@link #copy}
   */
  public void prefetch(long at, long n) {
    MemorySegment view = stored.view();
    if (view == null || !view.isMapped()) {
      return;
    }
    try {
      MappedMemory.touch(view.asSlice(at, n));
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

  private RuntimeException unreadable(Throwable e) {
    return stored.file().unreadable("tensor " + Printable.quote(name), e);
  }

  @Override
  public String toString() {
    return name + " " + type + shape;
  }
}
