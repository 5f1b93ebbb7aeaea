package dev.lamina.gguf;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What the number of a tensor's type in a file stands for.
 *
 * @param label its name in ggml or a fork of it
 * @param type of the blocks that the tensor is read as; null if it cannot be read
 * @param layout how the file has those blocks; null: as they are
 * @param advice what a user can do about a type that cannot be read; null for one that can
 */
record StoredType(String label, TensorType type, Layout layout, String advice) {

  /** Blocks of a type in another order or form. */
  interface Layout {
    /**
     * Bytes of a tensor in the file.
     *
     * @throws IllegalArgumentException if no tensor can have this shape; the message says why
     */
    long bytes(TensorType type, List<Long> shape);

    /** Writes the blocks of the tensor's type. */
    void restore(FileSlice stored, long columns, long rows, MemorySegment blocks);
  }

  boolean isReadable() {
    return type != null;
  }

  /**
   * Bytes of a tensor of a type that can be read.
   *
   * @throws IllegalArgumentException if there can be no such tensor; the message says why
   */
  long bytes(List<Long> shape) {
    return layout == null ? Shapes.bytes(type, shape) : layout.bytes(type, shape);
  }
}
