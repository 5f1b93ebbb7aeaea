package dev.lamina.bench.synthetic;

import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Random;

/**
 * A tensor of a synthetic model.
 *
 * @param shape ggml order, columns first
 */
record SyntheticTensor(String name, TensorType type, List<Long> shape, Values values) {
  /** The values of the tensor. */
  sealed interface Values {}

  /** Random blocks of elements with this root mean square. */
  record Blocks(float rms) implements Values {}

  /** F32: uniform within {@code spread} of {@code middle}. */
  record Uniform(float middle, float spread) implements Values {}

  /** F32: these. */
  record Given(List<Float> elements) implements Values {}

  /** A matrix that keeps the magnitude of the vectors that it multiplies. */
  static SyntheticTensor matrix(String name, TensorType type, long columns, long rows) {
    return new SyntheticTensor(
        name, type, List.of(columns, rows), new Blocks((float) (1 / Math.sqrt((double) columns))));
  }

  static SyntheticTensor uniform(String name, long size, float middle, float spread) {
    return new SyntheticTensor(name, TensorType.F32, List.of(size), new Uniform(middle, spread));
  }

  long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  long bytes() {
    return type.bytes(elements());
  }

  /**
   * @param seed equal seeds give equal values
   */
  void writeTo(WritableByteChannel out, long seed) throws IOException {
    switch (values) {
      case Blocks blocks -> new RandomBlocks(type, blocks.rms(), seed).writeTo(out, bytes());
      case Uniform uniform -> {
        Random random = new Random(seed);
        ByteBuffer buffer = floatBuffer();
        for (long i = 0; i < elements(); i++) {
          buffer.putFloat(uniform.middle() + uniform.spread() * (2 * random.nextFloat() - 1));
        }
        out.write(buffer.flip());
      }
      case Given given -> {
        ByteBuffer buffer = floatBuffer();
        given.elements().forEach(buffer::putFloat);
        out.write(buffer.flip());
      }
    }
  }

  private ByteBuffer floatBuffer() {
    return ByteBuffer.allocate(Math.toIntExact(bytes())).order(ByteOrder.LITTLE_ENDIAN);
  }
}
