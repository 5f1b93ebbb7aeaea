package dev.lamina.cpu;

import dev.lamina.engine.backend.Batch;

/**
 * Who computes the passes of a stack: all threads of the pool, or the caller alone if a pass is so
 * little work that it takes about as long as to share it. Then the other processors are left to the
 * JIT compiler, which the first tokens of a small model wait for.
 */
final class PassThreads {
  /** Bytes that a step reads on average. */
  private static final int LITTLE = 80 << 10;

  private final WorkerPool pool;
  private boolean alone;

  PassThreads(WorkerPool pool) {
    this.pool = pool;
  }

  /** All threads, including the caller. */
  int most() {
    return pool.threads();
  }

  /** Decides for the steps that follow. */
  void choose(Step[] steps, Batch batch) {
    long bytes = 0;
    for (Step step : steps) {
      bytes += step.bytes(batch);
    }
    alone = bytes <= (long) LITTLE * steps.length;
  }

  /** Whether the caller computes alone. */
  boolean isAlone() {
    return alone;
  }

  /** As {@link WorkerPool#run(int, WorkerPool.Task)}. */
  void run(int nTasks, WorkerPool.Task task) {
    pool.run(nTasks, alone, task);
  }
}
