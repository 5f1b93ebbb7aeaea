package dev.lamina.engine.placement;

import dev.lamina.gguf.GgufTensor;

/** Is shown what a model's matrices are multiplied with, wherever they are. */
@FunctionalInterface
public interface ProductObserver {
  /**
   * @param weight the matrix
   * @param input [rows, columns of the matrix], valid during the call
   */
  void input(GgufTensor weight, float[] input, int rows);
}
