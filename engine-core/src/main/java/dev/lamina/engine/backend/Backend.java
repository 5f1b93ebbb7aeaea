package dev.lamina.engine.backend;

import dev.lamina.kernels.TensorType;
import java.util.List;

/**
 * An opened device that runs segments of models. A backend and its stacks are used by one thread at
 * a time: while a model is loaded, by the thread that runs its passes, so that nothing meets in the
 * device's queue or in a recording.
 */
public interface Backend extends AutoCloseable {
  /**
   * The kernels that multiply repacked weights; {@link CpuKernels#AUTO} if the backend has no
   * choice.
   */
  default CpuKernels kernels() {
    return CpuKernels.AUTO;
  }

  /** Lines about options that the system refused or that have no effect here. */
  default List<String> warnings() {
    return List.of();
  }

  /** Whether matrices of this type can be multiplied; asked once, at load. */
  boolean supports(TensorType type);

  /**
   * Whether attention can read a KV cache of the session's types; otherwise attention runs on the
   * CPU.
   */
  default boolean supportsCache(RuntimeConfig config) {
    return true;
  }

  /**
   * Exact bytes that {@link #load} will take on the device for the same arguments. Reads no
   * weights.
   */
  MemoryPlan plan(List<Segment> segments, RuntimeConfig config);

  /**
   * Prepares all segments of this device to run. They may share buffers, because only one runs at a
   * time.
   *
   * @param segments in the order in which they run
   * @throws BackendException if memory does not suffice or a type is not supported; nothing is left
   *     allocated then
   */
  LayerStack load(List<Segment> segments, RuntimeConfig config);

  @Override
  void close();
}
