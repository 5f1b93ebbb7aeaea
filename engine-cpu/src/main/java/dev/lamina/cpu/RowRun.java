package dev.lamina.cpu;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.model.RowSet;
import dev.lamina.engine.model.Rows;
import java.util.ArrayList;
import java.util.List;

/**
 * Cheap work on rows, one after the other for each row, in a single run of the pool. The caller
 * computes few rows alone.
 */
final class RowRun implements Step {
  private static final int SERIAL_ROWS = 4;

  private final PassThreads threads;
  private final RowSet set;
  private final List<RowWork> works = new ArrayList<>();
  private final WorkerPool.Task task = this::rows;
  private Batch batch;
  private int rows;

  /** Number of rows of a task. */
  private int grain;

  RowRun(PassThreads threads, RowSet set) {
    this.threads = threads;
    this.set = set;
  }

  /**
   * Whether work may follow what is here. It may not if it uses memory of which earlier work reads
   * other rows, or rows of another width: its rows would lie on some that have their turn later.
   */
  boolean takes(RowWork next, Activations arrays) {
    if (next.set() != set) {
      return false;
    }
    for (RowWork work : works) {
      for (Rows b : next.values()) {
        if (work.gathered() != null && arrays.isShared(work.gathered(), b)) {
          return false;
        }
        for (Rows a : work.values()) {
          if (a.width() != b.width() && arrays.isShared(a, b)) {
            return false;
          }
        }
      }
    }
    return true;
  }

  void add(RowWork work) {
    works.add(work);
  }

  @Override
  public void run(Batch pass) {
    batch = pass;
    rows = batch.rows(set);
    if (rows == 0) {
      return;
    }
    grain = 1;
    for (int i = 0; i < works.size(); i++) {
      grain = Math.max(grain, works.get(i).prepare(batch));
    }
    if (rows <= SERIAL_ROWS) {
      rows(0, rows, 0);
    } else {
      threads.run(Math.ceilDiv(rows, grain), task);
    }
  }

  private void rows(int index, int worker) {
    int first = index * grain;
    rows(first, Math.min(grain, rows - first), worker);
  }

  private void rows(int first, int n, int worker) {
    for (int i = 0; i < works.size(); i++) {
      works.get(i).rows(batch, first, n, worker);
    }
  }
}
