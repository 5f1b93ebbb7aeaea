package dev.lamina.gguf;

import java.util.List;

/**
 * One line of a file's tensor table, for tensors of unreadable types too.
 *
 * @param typeId number of the type in the file
 * @param typeName what ggml or a fork of it calls the type, such as {@code Q4_0_4_8}
 * @param shape in ggml's order, columns first
 * @param bytes in the file; of a type that cannot be read, up to the next tensor
 * @param tensor null if the type cannot be read
 * @param problem why it cannot be read, one line that names the tensor; null if it can
 */
public record TensorEntry(
    String name,
    int typeId,
    String typeName,
    List<Long> shape,
    long bytes,
    GgufTensor tensor,
    String problem) {

  /** Product of the dimensions. */
  public long elements() {
    return shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
  }
}
