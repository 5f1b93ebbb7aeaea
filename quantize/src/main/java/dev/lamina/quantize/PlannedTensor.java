package dev.lamina.quantize;

import dev.lamina.gguf.GgufTensor;
import dev.lamina.kernels.TensorType;

/**
 * A tensor and the type that it is quantized to.
 *
 * @param type that it gets
 */
public record PlannedTensor(GgufTensor source, TensorType type) {
  public String name() {
    return source.name();
  }

  /** Whether the tensor is converted, not just copied. */
  public boolean converts() {
    return type != source.type();
  }

  /** Size after quantizing, in bytes. */
  public long bytes() {
    return type.bytes(source.columns()) * source.rows();
  }
}
