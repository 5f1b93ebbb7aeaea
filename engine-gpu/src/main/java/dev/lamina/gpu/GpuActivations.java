package dev.lamina.gpu;

import dev.lamina.engine.backend.BufferPlan;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Rows;
import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.device.WeightKernels;
import java.util.List;

/** The device memory of a stack's values, [rows, width] float32 each. */
final class GpuActivations {
  private final BufferPlan plan;
  private final GpuBuffer[] buffers;

  /** The input of a product with F16 weights, rounded to F16; null if there is none. */
  private final GpuBuffer rounded;

  GpuActivations(GpuApi api, GpuResources resources, List<Segment> segments, RuntimeConfig config) {
    this.plan = BufferPlan.of(segments, config);
    this.buffers = new GpuBuffer[plan.size()];
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = resources.add(api.allocate("activations", bytes(plan, i, config)));
    }
    long bytes = roundedBytes(segments, config);
    this.rounded = bytes == 0 ? null : resources.add(api.allocate("rounded activations", bytes));
  }

  static long bytes(List<Segment> segments, RuntimeConfig config) {
    BufferPlan plan = BufferPlan.of(segments, config);
    long bytes = roundedBytes(segments, config);
    for (int i = 0; i < plan.size(); i++) {
      bytes = Math.addExact(bytes, bytes(plan, i, config));
    }
    return bytes;
  }

  /** The memory of a value. */
  GpuBuffer of(Rows value) {
    return buffers[plan.indexOf(value)];
  }

  /** Whether two values have the same memory. */
  boolean isShared(Rows a, Rows b) {
    return plan.isShared(a, b);
  }

  /** Memory for an input that is rounded to F16; the steps use it in turn. */
  GpuBuffer rounded() {
    return rounded;
  }

  /** Whether a product's input is rounded to F16, as the CPU and llama.cpp do for F16 weights. */
  static boolean roundsInput(Op.MatMul product) {
    return product.weight().type() == TensorType.F16;
  }

  private static long roundedBytes(List<Segment> segments, RuntimeConfig config) {
    return segments.stream()
        .flatMap(segment -> segment.ops().stream())
        .mapToLong(op ->
            op instanceof Op.MatMul product && roundsInput(product)
                ? bytes(product.in(), config)
                : 0)
        .max()
        .orElse(0);
  }

  private static long bytes(BufferPlan plan, int buffer, RuntimeConfig config) {
    return plan.values(buffer).stream()
        .mapToLong(value -> bytes(value, config))
        .max()
        .orElseThrow();
  }

  /**
   * Bytes of a value. Kernels compute few rows as the next power of two, which needs room for the
   * extra rows.
   */
  private static long bytes(Rows value, RuntimeConfig config) {
    int rows = config.rows(value.set());
    int padded =
        rows > WeightKernels.maxVecTokens() || Integer.bitCount(rows) == 1
            ? rows
            : Integer.highestOneBit(rows) * 2;
    return Math.multiplyExact(4L * padded, value.width());
  }
}
