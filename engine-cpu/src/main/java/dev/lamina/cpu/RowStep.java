package dev.lamina.cpu;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.model.RowSet;

/**
 * A step with independent, cheap rows. The caller computes few rows alone; the workers share many.
 */
abstract class RowStep implements Step {
  private static final int SERIAL_ROWS = 4;

  private final WorkerPool pool;
  private final RowSet set;
  private final WorkerPool.Task task = this::row;

  /** The current batch, for steps that need its tokens or positions. */
  protected Batch batch;

  /**
   * @param set of the rows to compute
   */
  RowStep(WorkerPool pool, RowSet set) {
    this.pool = pool;
    this.set = set;
  }

  @Override
  public final void run(Batch batch) {
    this.batch = batch;
    int nRows = batch.rows(set);
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
