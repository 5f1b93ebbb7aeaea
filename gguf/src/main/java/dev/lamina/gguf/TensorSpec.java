package dev.lamina.gguf;

import dev.lamina.kernels.TensorType;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * A tensor to be written.
 *
 * @param shape in ggml's order, columns first; 1 to 4 dimensions
 * @param data supplies exactly the bytes that type and shape say
 */
public record TensorSpec(String name, TensorType type, List<Long> shape, TensorData data) {
  /**
   * @throws IllegalArgumentException if none can have this type and shape
   */
  public TensorSpec {
    try {
      Shapes.bytes(type, shape);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "tensor " + Printable.quote(name) + ": " + e.getMessage(), e);
    }
    shape = List.copyOf(shape);
  }

  /** A copy of another file's tensor. */
  public static TensorSpec of(GgufTensor tensor) {
    return new TensorSpec(tensor.name(), tensor.type(), tensor.shape(), TensorData.of(tensor));
  }

  /** The same, telling how many bytes it has when these are written. */
  public TensorSpec withListener(LongConsumer listener) {
    return new TensorSpec(
        name,
        type,
        shape,
        out -> {
          data.writeTo(out);
          listener.accept(bytes());
        });
  }

  public long bytes() {
    return Shapes.bytes(type, shape);
  }
}
