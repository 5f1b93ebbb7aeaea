package dev.lamina.gpu;

import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.model.Op;
import dev.lamina.kernels.TensorType;

/** Keys and values of one layer, [pages, positions of a page, nKvHeads, headDim] each. */
record GpuKvCache(GpuPages keys, GpuPages values) {
  static GpuKvCache allocate(
      GpuApi api, GpuResources resources, Op.Attention shape, RuntimeConfig config) {
    return new GpuKvCache(
        pages(api, resources, "keys", shape, config, config.keyType()),
        pages(api, resources, "values", shape, config, config.valueType()));
  }

  private static GpuPages pages(
      GpuApi api,
      GpuResources resources,
      String name,
      Op.Attention shape,
      RuntimeConfig config,
      TensorType type) {
    GpuBuffer buffer = resources.add(api.allocate(name, bytes(shape, config, type)));
    return new GpuPages(shape.group(), buffer, pageBytes(shape, type));
  }

  /** Bytes of one layer's keys and values. */
  static long bytes(Op.Attention shape, RuntimeConfig config) {
    return bytes(shape, config, config.keyType()) + bytes(shape, config, config.valueType());
  }

  private static long bytes(Op.Attention shape, RuntimeConfig config, TensorType type) {
    if (shape.headDim() % type.blockSize() != 0) {
      throw new IllegalArgumentException(
          "a head of " + shape.headDim() + " elements does not fit a cache of type " + type);
    }
    return Math.multiplyExact(config.pages(shape.group()), pageBytes(shape, type));
  }

  private static long pageBytes(Op.Attention shape, TensorType type) {
    return PageTable.POSITIONS * type.bytes((long) shape.nKvHeads() * shape.headDim());
  }
}
