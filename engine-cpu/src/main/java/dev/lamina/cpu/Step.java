package dev.lamina.cpu;

import dev.lamina.engine.backend.Batch;

/** Executable form of one or more operations. It allocates nothing when it runs. */
interface Step {
  /**
   * Runs the step.
   *
   * @param nRows rows of the buffers to work on: the batch's tokens, or the rows of logits wanted
   */
  void run(Batch batch, int nRows);
}
