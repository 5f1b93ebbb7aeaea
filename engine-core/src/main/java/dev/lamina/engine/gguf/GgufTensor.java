package dev.lamina.engine.gguf;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One tensor of a GGUF file.
 *
 * @param name unique in the file
 * @param type element type
 * @param shape ggml order: {@code shape[0]} is the number of columns (the contiguous dimension),
 *     {@code shape[1]} rows
 * @param data the raw blocks, exactly {@code type.bytes(elements)} long, little-endian; lives as
 *     long as the file
 */
public record GgufTensor(String name, TensorType type, List<Long> shape, MemorySegment data) {
  public GgufTensor {
    shape = List.copyOf(shape);
  }

  /** Elements of a row, {@code shape[0]}. */
  public long columns() {
    return shape.get(0);
  }

  /** Product of all dimensions but the first. */
  public long rows() {
    long rows = 1;
    for (int i = 1; i < shape.size(); i++) {
      rows *= shape.get(i);
    }
    return rows;
  }
}
