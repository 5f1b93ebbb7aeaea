package dev.lamina.engine.gguf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The bytes of a file, or of the pieces that a file was cut into, one after the other. */
final class FileBytes {
  /** Of memory for tensors: what the widest vectors like. */
  private static final long ALIGNMENT = 64;

  private final List<MemorySegment> pieces;
  private final List<FileState> files;
  private final Arena arena;
  private final long size;

  /**
   * @param pieces in the order of the file
   * @param files that the pieces are mapped from; none for pieces in memory
   * @param arena owner of the pieces, and of what has to be copied
   */
  FileBytes(List<MemorySegment> pieces, List<FileState> files, Arena arena) {
    this.files = files;
    this.pieces = pieces.stream().map(MemorySegment::asReadOnly).toList();
    this.arena = arena;
    this.size = pieces.stream().mapToLong(MemorySegment::byteSize).sum();
  }

  static FileBytes of(MemorySegment bytes) {
    return new FileBytes(List.of(bytes), List.of(), Arena.ofAuto());
  }

  /**
   * The error for a part of the file that could be mapped but not read.
   *
   * @param what the part, such as the name of a tensor
   */
  GgufFormatException unreadable(String what, InternalError cause) {
    FileState file =
        files.stream().filter(FileState::hasChanged).findFirst().orElse(files.getFirst());
    return new GgufFormatException(
        file.name() + ": " + what + ": cannot be read: " + file.reason(), cause);
  }

  long size() {
    return size;
  }

  /** The start of the file, at most {@code n} bytes. */
  byte[] start(int n) {
    byte[] start = new byte[(int) Math.min(n, size)];
    copy(0, start, 0, start.length);
    return start;
  }

  /** Copies {@code [from, from + n)} into an array. */
  void copy(long from, byte[] to, int at, int n) {
    copy(from, MemorySegment.ofArray(to), at, n);
  }

  /** {@code [from, from + n)}: a view where it lies in one piece, else a copy. */
  MemorySegment slice(long from, long n) {
    long start = 0;
    for (MemorySegment piece : pieces) {
      if (from >= start && from + n <= start + piece.byteSize()) {
        return piece.asSlice(from - start, n);
      }
      start += piece.byteSize();
    }
    MemorySegment joined = allocate(n);
    copy(from, joined, 0, n);
    return joined.asReadOnly();
  }

  /** Memory that lives as long as the file is open. */
  MemorySegment allocate(long n) {
    return arena.allocate(n, ALIGNMENT);
  }

  private void copy(long from, MemorySegment to, long at, long n) {
    long start = 0;
    for (MemorySegment piece : pieces) {
      long low = Math.max(from, start);
      long high = Math.min(from + n, start + piece.byteSize());
      if (low < high) {
        MappedMemory.copy(piece, low - start, to, at + low - from, high - low);
      }
      start += piece.byteSize();
    }
  }
}
