package dev.lamina.engine.schedule;

import dev.lamina.gguf.Printable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** Reads a state file, whose head is checked when it is opened. Errors name the file. */
final class StateReader implements AutoCloseable {
  /** Bytes that are read at once where they are not needed. */
  private static final long REST = 1 << 20;

  private final String name;
  private final FileChannel channel;
  private final CRC32C checksum = new CRC32C();
  private final StateHead head;
  private long bytesLeft;

  private StateReader(String name, FileChannel channel) throws IOException {
    this.name = name;
    this.channel = channel;
    this.head = readHead();
    this.bytesLeft = head.stateBytes();
  }

  /**
   * Opens a file.
   *
   * @throws StateException if it cannot be read, is no state file, or its head is damaged
   */
  static StateReader open(Path file) {
    String name = Printable.escape(file.toString());
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file);
      return new StateReader(name, channel);
    } catch (IOException e) {
      close(channel);
      throw unreadable(name, e);
    } catch (RuntimeException | Error e) {
      close(channel);
      throw e;
    }
  }

  /** Whether a file begins as state files do. */
  static boolean isState(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer bytes = ByteBuffer.allocate(StateHead.FIXED);
      channel.read(bytes);
      return StateHead.isState(bytes.flip());
    } catch (IOException e) {
      return false; // also a folder
    }
  }

  StateHead head() {
    return head;
  }

  private StateHead readHead() throws IOException {
    ByteBuffer fixed = ByteBuffer.allocate(StateHead.FIXED).order(ByteOrder.LITTLE_ENDIAN);
    int size;
    try {
      int n;
      do {
        n = channel.read(fixed);
      } while (n > 0);
      size = StateHead.size(fixed.flip(), channel.size());
    } catch (StateException e) {
      throw refusal(e.getMessage());
    }
    ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    read(bytes.put(fixed));
    checksum.update(bytes.rewind());
    readChecksum();
    return StateHead.decode(bytes.rewind());
  }

  /**
   * Reads the next bytes of the state.
   *
   * @param to is filled
   * @throws StateException if that fails
   */
  void read(MemorySegment to) {
    try {
      for (long at = 0; at < to.byteSize(); at += StateFile.PIECE) {
        long n = Math.min(StateFile.PIECE, to.byteSize() - at);
        ByteBuffer bytes = to.asSlice(at, n).asByteBuffer();
        read(bytes);
        checksum.update(bytes.rewind());
      }
    } catch (IOException e) {
      throw unreadable(name, e);
    }
    bytesLeft -= to.byteSize();
  }

  /**
   * Reads the state's bytes that are left and checks the checksum of the whole file.
   *
   * @throws StateException if the file is damaged
   */
  void finish() {
    MemorySegment rest = MemorySegment.ofArray(new byte[(int) Math.min(REST, bytesLeft)]);
    while (bytesLeft > 0) {
      read(rest.asSlice(0, Math.min(REST, bytesLeft)));
    }
    try {
      readChecksum();
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  /** Compares a checksum with that of all bytes before it. */
  private void readChecksum() throws IOException {
    ByteBuffer expected = bytes(checksum);
    ByteBuffer actual = ByteBuffer.allocate(StateHead.CHECKSUM);
    read(actual);
    if (!actual.rewind().equals(expected)) {
      throw refusal(StateHead.DAMAGED);
    }
    checksum.update(expected);
  }

  private void read(ByteBuffer to) throws IOException {
    while (to.hasRemaining()) {
      if (channel.read(to) < 0) {
        throw refusal("is a saved state that was cut");
      }
    }
  }

  /** A checksum as it is in the file. */
  static ByteBuffer bytes(CRC32C checksum) {
    ByteBuffer bytes = ByteBuffer.allocate(StateHead.CHECKSUM).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.putInt(0, (int) checksum.getValue());
  }

  /** The error that the file has this fault. */
  StateException refusal(String fault) {
    return new StateException(name + " " + fault);
  }

  private static StateException unreadable(String name, IOException e) {
    String reason = e instanceof NoSuchFileException ? "it does not exist" : e.getMessage();
    return new StateException("cannot read " + name + ": " + reason, e);
  }

  private static void close(FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        return; // only read
      }
    }
  }

  @Override
  public void close() {
    close(channel);
  }
}
