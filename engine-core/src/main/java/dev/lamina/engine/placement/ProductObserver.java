package dev.lamina.engine.placement;

import dev.lamina.gguf.GgufTensor;

/** Gets the inputs of a model's matrix products, on all devices. */
@FunctionalInterface
public interface ProductObserver {
  /**
   * @param weight the matrix
   * @param input [rows, columns of the matrix], valid during the call
   */
  void input(GgufTensor weight, float[] input, int rows);
}
