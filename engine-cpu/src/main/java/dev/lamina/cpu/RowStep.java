package dev.lamina.cpu;

import dev.lamina.engine.backend.Batch;

/**
 * A step with independent, cheap rows. The caller computes few rows alone; the workers share many.
 */
abstract class RowStep implements Step {
  private static final int SERIAL_ROWS = 4;

  private final WorkerPool pool;
  private final WorkerPool.Task task = this::row;

  /** The current batch, for steps that need its tokens or positions. */
  protected Batch batch;

  RowStep(WorkerPool pool) {
    this.pool = pool;
  }

  @Override
  public final void run(Batch batch, int nRows) {
    this.batch = batch;
    if (nRows > SERIAL_ROWS) {
      pool.run(nRows, task);
      return;
    }
    for (int i = 0; i < nRows; i++) {
      row(i, 0);
    }
  }

  /** Computes one row. */
  protected abstract void row(int row, int worker);
}
