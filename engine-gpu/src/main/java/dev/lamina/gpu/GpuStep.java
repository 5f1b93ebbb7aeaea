package dev.lamina.gpu;

import dev.lamina.engine.backend.Batch;

/** Launches compiled from an operation. */
@FunctionalInterface
interface GpuStep {
  /** Queues the launches for a batch of which the operation has at least one row. */
  void run(Batch batch);
}
