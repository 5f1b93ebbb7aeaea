package dev.lamina.gpu;

import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Activation;
import dev.lamina.kernels.device.WeightKernels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The device memory of a stack's activation buffers, [rows, width] float32 each. */
final class GpuActivations {
  private final Map<Activation, GpuBuffer> buffers = new HashMap<>();

  /** For buffers that a body writes and a head reads: the wanted rows, moved to the front. */
  private final Map<Activation, GpuBuffer> carried = new HashMap<>();

  GpuActivations(GpuApi api, GpuResources resources, List<Segment> segments, SessionConfig config) {
    Segment.buffers(segments, config)
        .forEach((activation, rows) ->
            buffers.put(
                activation,
                resources.add(api.allocate(activation.name(), bytes(activation, rows)))));
    for (Segment segment : segments) {
      for (Activation activation : segment.carried()) {
        carried.computeIfAbsent(
            activation, a -> resources.add(api.allocate(a.name(), bytes(a, config.maxLogits()))));
      }
    }
  }

  static long bytes(List<Segment> segments, SessionConfig config) {
    long all =
        Segment.buffers(segments, config).entrySet().stream()
            .mapToLong(buffer -> bytes(buffer.getKey(), buffer.getValue()))
            .sum();
    long ofHeads =
        segments.stream()
            .flatMap(segment -> segment.carried().stream())
            .distinct()
            .mapToLong(activation -> bytes(activation, config.maxLogits()))
            .sum();
    return all + ofHeads;
  }

  /** The memory of a buffer for operations of a segment's body. */
  GpuBuffer ofBody(Activation activation) {
    return buffers.get(activation);
  }

  /** The memory of a buffer for operations of a segment's head. */
  GpuBuffer ofHead(Segment segment, Activation activation) {
    return segment.carried().contains(activation)
        ? carried.get(activation)
        : buffers.get(activation);
  }

  /**
   * Bytes of a buffer. Kernels compute few rows as the next power of two, which needs room for the
   * extra rows.
   */
  private static long bytes(Activation activation, int rows) {
    int padded =
        rows > WeightKernels.maxVecTokens() || Integer.bitCount(rows) == 1
            ? rows
            : Integer.highestOneBit(rows) * 2;
    return 4L * padded * activation.width();
  }
}
