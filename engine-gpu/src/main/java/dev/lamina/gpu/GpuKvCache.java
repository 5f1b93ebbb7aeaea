package dev.lamina.gpu;

import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Op;
import dev.lamina.kernels.TensorType;

/** Keys and values of one layer, [contextLength, nKvHeads, headDim] each. */
record GpuKvCache(GpuBuffer keys, GpuBuffer values) {
  static GpuKvCache allocate(
      GpuApi api, GpuResources resources, Op.Attention shape, SessionConfig config) {
    return new GpuKvCache(
        resources.add(api.allocate("keys", bytes(shape, config, config.keyType()))),
        resources.add(api.allocate("values", bytes(shape, config, config.valueType()))));
  }

  /** Bytes of one layer's keys and values. */
  static long bytes(Op.Attention shape, SessionConfig config) {
    return bytes(shape, config, config.keyType()) + bytes(shape, config, config.valueType());
  }

  private static long bytes(Op.Attention shape, SessionConfig config, TensorType type) {
    if (shape.headDim() % type.blockSize() != 0) {
      throw new IllegalArgumentException(
          "a head of " + shape.headDim() + " elements does not fit a cache of type " + type);
    }
    long perPosition = type.bytes((long) shape.nKvHeads() * shape.headDim());
    return Math.multiplyExact(config.contextLength(), perPosition);
  }
}
