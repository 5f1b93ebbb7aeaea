package dev.lamina.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * Supplies the data of a tensor when {@link GgufWriter} comes to it, so that it need not be held.
 */
@FunctionalInterface
public interface TensorData {
  /**
   * Writes the raw blocks, little-endian, in as many pieces as it likes. The channel takes each
   * piece whole.
   */
  void writeTo(WritableByteChannel out) throws IOException;

  /** Data in memory, of any size. */
  static TensorData of(MemorySegment data) {
    return out -> {
      long step = 1 << 30; // below the limit of a ByteBuffer
      for (long at = 0; at < data.byteSize(); at += step) {
        MemorySegment piece = data.asSlice(at, Math.min(step, data.byteSize() - at));
        out.write(piece.asByteBuffer());
      }
    };
  }

  /** The data of another file's tensor. */
  static TensorData of(GgufTensor tensor) {
    return out -> {
      try (Arena arena = Arena.ofConfined()) {
        long step = Math.min(1 << 20, tensor.byteSize());
        MemorySegment buffer = arena.allocate(step);
        for (long at = 0; at < tensor.byteSize(); at += step) {
          long n = Math.min(step, tensor.byteSize() - at);
          tensor.copy(at, buffer, 0, n);
          out.write(buffer.asSlice(0, n).asByteBuffer());
        }
      }
    };
  }

  /** The rest of a channel, which is not closed. */
  static TensorData of(ReadableByteChannel data) {
    return out -> {
      ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
      while (data.read(buffer) >= 0) {
        buffer.flip();
        out.write(buffer);
        buffer.clear();
      }
    };
  }
}
