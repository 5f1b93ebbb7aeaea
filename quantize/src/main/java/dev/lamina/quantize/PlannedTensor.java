package dev.lamina.quantize;

import dev.lamina.gguf.GgufTensor;
import dev.lamina.kernels.TensorType;

/**
 * A tensor and what becomes of it.
 *
 * @param type that it gets
 */
public record PlannedTensor(GgufTensor source, TensorType type) {
  public String name() {
    return source.name();
  }

  /** Whether it is not just copied. */
  public boolean converts() {
    return type != source.type();
  }

  /** Size afterwards. */
  public long bytes() {
    return type.bytes(source.columns()) * source.rows();
  }
}
