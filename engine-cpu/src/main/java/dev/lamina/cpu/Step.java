package dev.lamina.cpu;

import dev.lamina.engine.backend.Batch;

/** Executable form of one or more operations. It allocates nothing when it runs. */
interface Step {
  /** Runs the step on the rows of a batch; does nothing if it has none. */
  void run(Batch batch);
}
