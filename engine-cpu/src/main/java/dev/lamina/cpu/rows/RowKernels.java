package dev.lamina.cpu.rows;

import dev.lamina.engine.rows.RowProgram;

/** Makes programs executable. */
public interface RowKernels {
  /**
   * A program with the places of its operands.
   *
   * @param repeats runs of elements in a row, such as heads
   * @param parameters of the program
   */
  BoundRows bind(RowProgram program, int repeats, float... parameters);
}
