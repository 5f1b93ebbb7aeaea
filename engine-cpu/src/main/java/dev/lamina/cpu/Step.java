package dev.lamina.cpu;

import dev.lamina.engine.backend.Batch;

/** Executable form of one or more operations. It allocates nothing when it runs. */
interface Step {
  /** Runs the step on the rows of a batch; does nothing if it has none. */
  void run(Batch batch);

  /**
   * What {@link #run} reads of weights and caches, counted for each row anew. Zero for cheap work.
   */
  default long bytes(Batch batch) {
    return 0;
  }
}
