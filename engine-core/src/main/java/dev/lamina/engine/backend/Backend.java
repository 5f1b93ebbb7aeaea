package dev.lamina.engine.backend;

import dev.lamina.engine.model.Model;
import dev.lamina.kernels.TensorType;

/** One opened device. */
public interface Backend extends AutoCloseable {
  /** Whether matrices of this type can be multiplied; asked once, at load. */
  boolean supports(TensorType type);

  /** Bytes that {@link #load} will take for the same arguments. */
  MemoryPlan plan(Model model, LayerRange range, SessionConfig config);

  /**
   * Makes the layers ready to run.
   *
   * @throws BackendException if memory does not suffice or a type is not supported
   */
  LayerStack load(Model model, LayerRange range, SessionConfig config);

  @Override
  void close();
}
