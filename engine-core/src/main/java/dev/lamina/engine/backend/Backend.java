package dev.lamina.engine.backend;

import dev.lamina.kernels.TensorType;
import java.util.List;

/** One opened device. */
public interface Backend extends AutoCloseable {
  /** What it multiplies repacked weights with; {@link CpuKernels#AUTO} if it has no choice. */
  default CpuKernels kernels() {
    return CpuKernels.AUTO;
  }

  /** Whether matrices of this type can be multiplied; asked once, at load. */
  boolean supports(TensorType type);

  /**
   * Whether attention can read a KV cache of the session's types; where not, it runs on the CPU.
   */
  default boolean supportsCache(SessionConfig config) {
    return true;
  }

  /**
   * Exact bytes that {@link #load} will take on the device for the same arguments. Reads no
   * weights.
   */
  MemoryPlan plan(List<Segment> segments, SessionConfig config);

  /**
   * Makes all segments that lie on this device ready to run; they may share buffers, since only one
   * runs at a time.
   *
   * @param segments in the order in which they run
   * @throws BackendException if memory does not suffice or a type is not supported; nothing is left
   *     allocated then
   */
  LayerStack load(List<Segment> segments, SessionConfig config);

  @Override
  void close();
}
