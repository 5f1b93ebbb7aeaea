package dev.lamina.gguf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The bytes of a file, or of the pieces that a file was cut into, one after the other. */
final class FileBytes {
  /** Of memory for tensors: what the widest vectors like. */
  private static final long ALIGNMENT = 64;

  private final List<FilePiece> pieces;
  private final List<FileState> files;
  private final Arena arena;
  private final long size;

  /**
   * @param pieces in the order of the file
   * @param files that the pieces are; none for pieces in memory
   * @param arena owner of what has to be copied
   */
  FileBytes(List<FilePiece> pieces, List<FileState> files, Arena arena) {
    this.files = files;
    this.pieces = List.copyOf(pieces);
    this.arena = arena;
    this.size = pieces.stream().mapToLong(FilePiece::size).sum();
  }

  static FileBytes of(MemorySegment bytes) {
    return new FileBytes(
        List.of(new FilePiece.InMemory(bytes.asReadOnly())), List.of(), Arena.ofAuto());
  }

  /**
   * The error for a part of the file that was there and cannot be read.
   *
   * @param what the part, such as the name of a tensor
   */
  GgufFormatException unreadable(String what, Throwable cause) {
    if (files.isEmpty()) {
      throw new IllegalStateException(what + " cannot be read", cause);
    }
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

  /**
   * {@code [from, from + n)} as a view if it is in one piece, in memory or mapped; otherwise null.
   */
  MemorySegment view(long from, long n) {
    long start = 0;
    for (FilePiece piece : pieces) {
      if (from >= start && from + n <= start + piece.size()) {
        MemorySegment all = piece.view();
        return all == null ? null : all.asSlice(from - start, n);
      }
      start += piece.size();
    }
    return null;
  }

  /** {@code [from, from + n)}: a view if there is one, else a copy. */
  MemorySegment slice(long from, long n) {
    MemorySegment view = view(from, n);
    if (view != null) {
      return view;
    }
    MemorySegment joined = allocate(n);
    copy(from, joined, 0, n);
    return joined.asReadOnly();
  }

  /** Memory that lives as long as the file is open. */
  MemorySegment allocate(long n) {
    return arena.allocate(n, ALIGNMENT);
  }

  /** Copies {@code [from, from + n)}, as {@link FilePiece#copy}. */
  void copy(long from, MemorySegment to, long at, long n) {
    long start = 0;
    for (FilePiece piece : pieces) {
      long low = Math.max(from, start);
      long high = Math.min(from + n, start + piece.size());
      if (low < high) {
        piece.copy(low - start, to, at + low - from, high - low);
      }
      start += piece.size();
    }
  }
}
