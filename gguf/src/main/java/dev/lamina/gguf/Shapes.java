package dev.lamina.gguf;

import dev.lamina.kernels.TensorType;
import java.util.List;

/** What a tensor's shape must be, in files that are read and written. */
final class Shapes {
  static final int MAX_DIMENSIONS = 4;

  /** The largest page size that anyone aligns to. */
  static final long MAX_ALIGNMENT = 2 << 20;

  static final long DEFAULT_ALIGNMENT = 32;

  static final String ALIGNMENT_KEY = "general.alignment";

  private Shapes() {}

  /**
   * Bytes of a tensor.
   *
   * @throws IllegalArgumentException if there can be no such tensor; the message says why
   */
  static long bytes(TensorType type, List<Long> shape) {
    long elements = elements(shape);
    if (shape.get(0) % type.blockSize() != 0) {
      throw new IllegalArgumentException(
          "rows of "
              + shape.get(0)
              + " elements, expected a multiple of the block size "
              + type.blockSize()
              + " of "
              + type);
    }
    try {
      return type.bytes(elements);
    } catch (ArithmeticException e) {
      throw tooLarge(shape, e);
    }
  }

  /**
   * Product of the dimensions.
   *
   * @throws IllegalArgumentException if there can be no such tensor; the message says why
   */
  static long elements(List<Long> shape) {
    if (shape.isEmpty() || shape.size() > MAX_DIMENSIONS) {
      throw new IllegalArgumentException(
          shape.size() + " dimensions, expected 1 to " + MAX_DIMENSIONS);
    }
    try {
      long elements = 1;
      for (long n : shape) {
        if (n <= 0) {
          throw new IllegalArgumentException(
              "a dimension is " + Long.toUnsignedString(n) + ", expected 1 to 2^63 - 1");
        }
        elements = Math.multiplyExact(elements, n);
      }
      return elements;
    } catch (ArithmeticException e) {
      throw tooLarge(shape, e);
    }
  }

  private static IllegalArgumentException tooLarge(List<Long> shape, ArithmeticException cause) {
    return new IllegalArgumentException(
        "the product of the dimensions " + shape + " exceeds 2^63 - 1 bytes", cause);
  }

  /** Whether Lamina takes this alignment of tensor data: GGUF asks for a multiple of 8. */
  static boolean isAlignment(long alignment) {
    return alignment >= 8 && alignment <= MAX_ALIGNMENT && Long.bitCount(alignment) == 1;
  }

  /** Rounds up to a multiple of a power of two. */
  static long align(long position, long alignment) {
    return (position + alignment - 1) & -alignment;
  }
}
