package dev.lamina.gguf;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A file that is read with positioned reads, whenever its bytes are needed.
 *
 * @param channel stays open, its owner's
 * @param size of the file when it was opened
 * @param block of direct I/O, in bytes: positions, sizes and memory are multiples of it; 1 without
 */
record ReadPiece(FileChannel channel, long size, int block) implements FilePiece {
  /** Bytes read at once: bounds the buffers. */
  private static final int STEP = 8 << 20;

  @Override
  public MemorySegment view() {
    return null;
  }

  @Override
  public void copy(long at, MemorySegment to, long toAt, long n) {
    try {
      for (long done = 0; done < n; ) {
        long step = Math.min(STEP, n - done);
        read(at + done, to.asSlice(toAt + done, step));
        done += step;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(long at, MemorySegment to) throws IOException {
    if (block == 1 && isByteBuffer(to)) {
      fill(at, to.asByteBuffer(), to.byteSize());
      return;
    }
    long from = at / block * block;
    long end = Math.ceilDiv(at + to.byteSize(), block) * block;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(end - from, block);
      fill(from, buffer.asByteBuffer(), at + to.byteSize() - from);
      MemorySegment.copy(buffer, at - from, to, 0, to.byteSize());
    }
  }

  private static boolean isByteBuffer(MemorySegment segment) {
    return segment.isNative() || segment.heapBase().orElse(null) instanceof byte[];
  }

  /**
   * @param least bytes that the buffer must have at the end; more are welcome
   */
  private void fill(long at, ByteBuffer buffer, long least) throws IOException {
    while (buffer.position() < least) {
      int n = channel.read(buffer, at + buffer.position());
      if (n < 0) {
        throw new EOFException("the file ends");
      }
    }
  }
}
