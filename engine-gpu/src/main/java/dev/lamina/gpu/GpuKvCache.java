package dev.lamina.gpu;

import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.model.Op;
import dev.lamina.kernels.TensorType;

/**
 * Keys and values of one layer, [pages, positions of a page, nKvHeads, headDim] each.
 *
 * @param keyBytes bytes of a page's keys
 */
record GpuKvCache(GpuBuffer keys, GpuBuffer values, long keyBytes, long valueBytes) {
  static GpuKvCache allocate(
      GpuApi api, GpuResources resources, Op.Attention shape, SessionConfig config) {
    return new GpuKvCache(
        resources.add(api.allocate("keys", bytes(shape, config, config.keyType()))),
        resources.add(api.allocate("values", bytes(shape, config, config.valueType()))),
        pageBytes(shape, config.keyType()),
        pageBytes(shape, config.valueType()));
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
    return Math.multiplyExact(config.pages(), pageBytes(shape, type));
  }

  private static long pageBytes(Op.Attention shape, TensorType type) {
    return PageTable.POSITIONS * type.bytes((long) shape.nKvHeads() * shape.headDim());
  }

  /** Queues a copy of a page to another one. */
  void copyPage(GpuApi api, int from, int to) {
    api.copy(keys, from * keyBytes, keys, to * keyBytes, keyBytes);
    api.copy(values, from * valueBytes, values, to * valueBytes, valueBytes);
  }
}
