package dev.lamina.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** A channel that gathers small pieces, knows its position and refuses to go beyond a limit. */
final class BufferedOutput implements WritableByteChannel {
  private final WritableByteChannel target;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
  private long position;
  private long limit = Long.MAX_VALUE;

  BufferedOutput(WritableByteChannel target) {
    this.target = target;
  }

  long position() {
    return position;
  }

  /** Sets the position that no later write may exceed. */
  void limit(long end) {
    limit = end;
  }

  /** Takes all of {@code src}. */
  @Override
  public int write(ByteBuffer src) throws IOException {
    int n = src.remaining();
    if (n > limit - position) {
      throw new IllegalStateException("more data than the tensor's type and shape say");
    }
    while (src.hasRemaining()) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int piece = Math.min(src.remaining(), buffer.remaining());
      buffer.put(buffer.position(), src, src.position(), piece);
      buffer.position(buffer.position() + piece);
      src.position(src.position() + piece);
    }
    position += n;
    return n;
  }

  void write(byte[] bytes) throws IOException {
    write(ByteBuffer.wrap(bytes));
  }

  /** Writes zeros up to a position. */
  void padTo(long end) throws IOException {
    byte[] zeros = new byte[1 << 12];
    while (position < end) {
      write(ByteBuffer.wrap(zeros, 0, (int) Math.min(zeros.length, end - position)));
    }
  }

  void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      target.write(buffer);
    }
    buffer.clear();
  }

  @Override
  public boolean isOpen() {
    return target.isOpen();
  }

  /** Does nothing: the owner closes the target. */
  @Override
  public void close() {}
}
