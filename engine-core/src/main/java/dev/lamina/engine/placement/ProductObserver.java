package dev.lamina.engine.placement;

import dev.lamina.gguf.GgufTensor;

/**
 * Gets the inputs of a model's matrix products, on all devices. Those of the last layer have all
 * rows if the model was {@linkplain dev.lamina.engine.model.Model#loadWithAllRows loaded so}.
 */
@FunctionalInterface
public interface ProductObserver {
  /**
   * @param weight the matrix
   * @param input [rows, columns of the matrix], valid during the call
   */
  void input(GgufTensor weight, float[] input, int rows);
}
