package dev.lamina.cpu;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.model.RowSet;
import dev.lamina.engine.model.Rows;
import java.util.List;

/** Work on rows, where each depends on no other row of what the same run computes before. */
abstract class RowWork {
  private final RowSet set;
  private final List<Rows> values;

  /**
   * @param set of the rows to compute
   * @param values that are read and written, row by row
   */
  RowWork(RowSet set, List<Rows> values) {
    this.set = set;
    this.values = values;
  }

  RowSet set() {
    return set;
  }

  List<Rows> values() {
    return values;
  }

  /** A value of which it reads other rows than those that it computes; null for none. */
  Rows gathered() {
    return null;
  }

  /**
   * Called before the rows of a batch are computed.
   *
   * @return the number of rows that must be computed together, from a multiple of it on
   */
  int prepare(Batch batch) {
    return 1;
  }

  /** Computes some rows. */
  abstract void rows(Batch batch, int first, int n, int worker);
}
