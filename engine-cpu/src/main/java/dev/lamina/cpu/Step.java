package dev.lamina.cpu;

import dev.lamina.engine.backend.Batch;

/** Something compiled from one or more operations; allocates nothing when it runs. */
interface Step {
  /**
   * @param nRows rows of the buffers to work on: the batch's tokens, or the rows of logits wanted
   */
  void run(Batch batch, int nRows);
}
