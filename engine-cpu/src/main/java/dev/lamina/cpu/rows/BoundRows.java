package dev.lamina.cpu.rows;

import dev.lamina.engine.rows.RowProgram;
import java.util.Objects;

/**
 * A program with the places of its operands in a {@link WorkingMemory}. An operand is a run of
 * elements for each repeat of each row. Nothing is allocated when it runs. Threads may run it at
 * the same time, but not while an operand is placed.
 */
public abstract class BoundRows {
  private final RowProgram program;
  private final int repeats;
  private final float[] parameters;
  private final int[] at;
  private final int[] rowStride;
  private final int[] repeatStride;
  private final boolean[] single;

  protected BoundRows(RowProgram program, int repeats, float[] parameters) {
    if (repeats < 1 || parameters.length != program.parameters()) {
      throw new IllegalArgumentException("other parameters than those of " + program);
    }
    this.program = program;
    this.repeats = repeats;
    this.parameters = parameters.clone();
    this.at = new int[program.operands()];
    this.rowStride = new int[program.operands()];
    this.repeatStride = new int[program.operands()];
    this.single = new boolean[program.operands()];
    for (int i = 0; i < single.length; i++) {
      single[i] = program.isSingle(i);
    }
  }

  /**
   * Sets the place of an operand.
   *
   * @param index of the first element in the first row
   * @param row elements from row to row
   * @param repeat elements from repeat to repeat
   */
  public final BoundRows place(int operand, int index, int row, int repeat) {
    at[operand] = index;
    rowStride[operand] = row;
    repeatStride[operand] = repeat;
    placed(operand);
    return this;
  }

  /** Called when an operand has a new place. */
  protected abstract void placed(int operand);

  /**
   * Computes a part of each run of some rows.
   *
   * @param from first element of the part; with several repeats 0
   * @param n elements
   * @param worker the caller's number in the pool
   * @throws IndexOutOfBoundsException if an operand does not lie in the memory
   */
  public final void run(WorkingMemory memory, int firstRow, int rows, int from, int n, int worker) {
    if (n == 0 || rows == 0) {
      return;
    }
    Objects.checkIndex(0, n);
    Objects.checkIndex(0, rows);
    for (int i = 0; i < at.length; i++) {
      long first = at[i] + (long) firstRow * rowStride[i];
      long last = first + (rows - 1L) * rowStride[i] + (repeats - 1L) * repeatStride[i];
      int begin = single[i] ? 0 : from;
      int length = single[i] ? 1 : n;
      Objects.checkFromIndexSize(first + begin, last - first + length, memory.floats().length);
    }
    compute(memory, firstRow, rows, from, n, worker);
  }

  /** As {@link #run}, with operands that were checked. */
  protected abstract void compute(
      WorkingMemory memory, int firstRow, int rows, int from, int n, int worker);

  protected final RowProgram program() {
    return program;
  }

  protected final int repeats() {
    return repeats;
  }

  protected final float parameter(int number) {
    return parameters[number];
  }

  protected final int at(int operand) {
    return at[operand];
  }

  protected final int rowStride(int operand) {
    return rowStride[operand];
  }

  protected final int repeatStride(int operand) {
    return repeatStride[operand];
  }

  protected final boolean isSingle(int operand) {
    return single[operand];
  }
}
