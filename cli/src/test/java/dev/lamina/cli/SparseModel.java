package dev.lamina.cli;

import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.GgufWriter;
import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The embedded model with wide layers of zeros, which are holes in its file. */
final class SparseModel {
  private static final int BUFFER = 1 << 20;

  private SparseModel() {}

  /**
   * @param width of the feed-forward layers, a multiple of 32; the file claims 2.6 kB for each
   */
  static void write(Path file, long width) throws IOException {
    try (GgufFile demo = DemoModel.open();
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      GgufWriter writer =
          new GgufWriter().putAll(demo.metadata()).u32("qwen2.feed_forward_length", width);
      for (GgufTensor tensor : demo.tensors().values()) {
        if (tensor.name().contains(".ffn_norm") || !tensor.name().contains(".ffn_")) {
          writer.tensor(tensor);
        } else {
          List<Long> shape =
              tensor.name().contains("down") ? List.of(width, 256L) : List.of(256L, width);
          writer.tensor(
              tensor.name(),
              TensorType.Q4_0,
              shape,
              out -> {
                ByteBuffer zeros = ByteBuffer.allocate(BUFFER);
                for (long left = TensorType.Q4_0.bytes(width * 256); left > 0; ) {
                  zeros.clear().limit((int) Math.min(BUFFER, left));
                  left -= out.write(zeros);
                }
              });
        }
      }
      writer.writeTo(new Sparse(channel));
      channel.truncate(channel.position());
      channel.write(ByteBuffer.allocate(1));
    }
  }

  /** Leaves out what is 0. */
  private record Sparse(FileChannel to) implements WritableByteChannel {
    private static final ByteBuffer ZEROS = ByteBuffer.allocate(BUFFER);

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      int length = bytes.remaining();
      if (length <= BUFFER && bytes.equals(ZEROS.slice(0, length))) {
        to.position(to.position() + length);
        bytes.position(bytes.limit());
        return length;
      }
      return to.write(bytes);
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
