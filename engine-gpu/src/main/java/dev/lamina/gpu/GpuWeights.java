package dev.lamina.gpu;

import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Weights;
import dev.lamina.gguf.GgufTensor;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The weights of a stack on the device, each stored once: matrices in the file's blocks, vectors in
 * float32. Two staging buffers are used in turn: the device reads from one while the other is
 * filled from the mapped file.
 */
final class GpuWeights implements AutoCloseable {
  private static final int STAGING_BYTES = 8 << 20;

  private final GpuApi api;
  private final GpuResources resources;
  private final GpuResources staging = new GpuResources();
  private final HostBuffer[] halves = new HostBuffer[2];
  private final GpuMark[] emptied = new GpuMark[2];
  private final Map<String, GpuBuffer> buffers = new HashMap<>();
  private int next;

  /**
   * @param resources owner of the weights; {@link #close} frees the other memory that loading needs
   */
  GpuWeights(GpuApi api, GpuResources resources) {
    this.api = api;
    this.resources = resources;
  }

  static long bytes(List<Segment> segments) {
    Set<GgufTensor> matrices = new LinkedHashSet<>();
    Set<GgufTensor> vectors = new LinkedHashSet<>();
    for (Segment segment : segments) {
      for (Op op : segment.ops()) {
        switch (op) {
          case Op.Embed embed -> matrices.add(embed.table());
          case Op.RmsNorm norm -> vectors.add(norm.weight());
          case Op.MatMul product -> {
            matrices.add(product.weight());
            if (product.bias() != null) {
              vectors.add(product.bias());
            }
          }
          case Op.SelectRows _,
              Op.Rope _,
              Op.Attention _,
              Op.DecayingSum _,
              Op.GatedSilu _,
              Op.Add _,
              Op.Scale _ -> {}
        }
      }
    }
    return matrices.stream().mapToLong(matrix -> matrix.byteSize()).sum()
        + vectors.stream().mapToLong(vector -> 4 * vector.columns()).sum();
  }

  GpuBuffer matrix(GgufTensor tensor) {
    return buffer(tensor.name(), tensor.byteSize(), tensor::copy);
  }

  GpuBuffer vector(GgufTensor tensor) {
    MemorySegment values = MemorySegment.ofArray(Weights.floats(tensor));
    return buffer(
        tensor.name(),
        values.byteSize(),
        (at, to, toAt, n) -> MemorySegment.copy(values, at, to, toAt, n));
  }

  /** Waits for the transfers and frees the staging memory. */
  void finish() {
    api.finish();
    close();
  }

  @Override
  public void close() {
    staging.close();
  }

  /** Copies bytes of a tensor. */
  private interface Source {
    void copy(long at, MemorySegment to, long toAt, long n);
  }

  private GpuBuffer buffer(String name, long bytes, Source source) {
    GpuBuffer known = buffers.get(name);
    if (known != null) {
      return known;
    }
    GpuBuffer buffer = resources.add(api.allocate(name, bytes));
    buffers.put(name, buffer);
    for (long at = 0; at < bytes; at += STAGING_BYTES) {
      int n = (int) Math.min(STAGING_BYTES, bytes - at);
      HostBuffer half = emptyHalf();
      source.copy(at, half.segment(), 0, n);
      api.upload(half, buffer, at, n);
      emptied[next] = staging.add(api.mark());
      next = 1 - next;
    }
    return buffer;
  }

  private HostBuffer emptyHalf() {
    if (emptied[next] != null) {
      emptied[next].await();
    } else {
      halves[next] = staging.add(api.allocateHost("staging memory", STAGING_BYTES));
    }
    return halves[next];
  }
}
