package dev.lamina.gguf;

import java.util.ArrayList;
import java.util.List;

/**
 * How much a part of a split file may hold, as llama.cpp's gguf-split counts it.
 *
 * @param maxTensors in one part
 * @param maxBytes of one part's tensors, each padded to a multiple of 32 bytes
 * @param emptyFirst the first part holds metadata only
 */
public record PartLimit(int maxTensors, long maxBytes, boolean emptyFirst) {
  /** What the numbers of parts in file names and metadata can count. */
  private static final int MAX_PARTS = 65_535;

  public static PartLimit ofTensors(int max) {
    return new PartLimit(max, Long.MAX_VALUE, false);
  }

  public static PartLimit ofBytes(long max) {
    return new PartLimit(Integer.MAX_VALUE, max, false);
  }

  public PartLimit withEmptyFirst() {
    return new PartLimit(maxTensors, maxBytes, true);
  }

  /**
   * Distributes tensors, in their order.
   *
   * @return the tensors of each part
   * @throws IllegalArgumentException if a tensor alone is too large, or there would be too many
   *     parts; the message says so
   */
  public List<List<TensorSpec>> distribute(List<TensorSpec> tensors) {
    List<List<TensorSpec>> parts = new ArrayList<>();
    if (emptyFirst) {
      parts.add(List.of());
    }
    List<TensorSpec> part = new ArrayList<>();
    parts.add(part);
    long bytes = 0;
    for (TensorSpec tensor : tensors) {
      long size = Shapes.align(tensor.bytes(), Shapes.DEFAULT_ALIGNMENT);
      if (size > maxBytes) {
        throw new IllegalArgumentException(
            "tensor %s alone has %d bytes, more than the %d that a part may have"
                .formatted(Printable.quote(tensor.name()), size, maxBytes));
      }
      if (part.size() == maxTensors || bytes + size > maxBytes) {
        part = new ArrayList<>();
        parts.add(part);
        bytes = 0;
      }
      part.add(tensor);
      bytes += size;
    }
    if (parts.size() > MAX_PARTS) {
      throw new IllegalArgumentException(
          parts.size() + " parts would be needed, expected at most " + MAX_PARTS);
    }
    return parts;
  }
}
