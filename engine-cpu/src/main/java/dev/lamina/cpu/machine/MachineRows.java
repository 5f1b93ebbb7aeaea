package dev.lamina.cpu.machine;

import dev.lamina.cpu.rows.BoundRows;
import dev.lamina.cpu.rows.WorkingMemory;
import dev.lamina.cpu.system.CodeMemory;
import dev.lamina.engine.rows.RowProgram;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Runs a program by machine code. Its operands are described in native memory: the number of
 * repeats; for each operand its first byte and its strides in bytes, 8 bytes each; the parameters.
 */
final class MachineRows extends BoundRows {
  static final int REPEATS = 0;

  private static final int OPERAND = 3 * Long.BYTES;

  private final MemorySegment function;
  private final MemorySegment description;

  /**
   * @param function see {@link RowKernel}
   */
  MachineRows(MemorySegment function, RowProgram program, int repeats, float[] parameters) {
    super(program, repeats, parameters);
    this.function = function;
    this.description = describe(program);
    description.set(ValueLayout.JAVA_LONG, REPEATS, repeats);
    for (int i = 0; i < parameters.length; i++) {
      int at = parameter(program.operands(), i);
      description.set(ValueLayout.JAVA_FLOAT, at, parameters[i]);
    }
  }

  @SuppressWarnings("MustBeClosed") // freed with this object
  private static MemorySegment describe(RowProgram program) {
    int bytes = parameter(program.operands(), program.parameters());
    return Arena.ofAuto().allocate(bytes, Long.BYTES);
  }

  /** Offset of an operand's first byte in the description. */
  static int placeAt(int operand) {
    return Long.BYTES + OPERAND * operand;
  }

  static int rowStrideAt(int operand) {
    return Long.BYTES + OPERAND * operand + Long.BYTES;
  }

  static int repeatStrideAt(int operand) {
    return Long.BYTES + OPERAND * operand + 2 * Long.BYTES;
  }

  static int parameter(int operands, int number) {
    return Long.BYTES + OPERAND * operands + Float.BYTES * number;
  }

  @Override
  protected void placed(int operand) {
    set(placeAt(operand), at(operand));
    set(rowStrideAt(operand), rowStride(operand));
    set(repeatStrideAt(operand), repeatStride(operand));
  }

  private void set(int offset, int floats) {
    description.set(ValueLayout.JAVA_LONG, offset, (long) Float.BYTES * floats);
  }

  @Override
  protected void compute(
      WorkingMemory memory, int firstRow, int rows, int from, int n, int worker) {
    compute(memory.segment(), firstRow, rows, from, n);
  }

  /**
   * As {@link #run} in any memory, without checks.
   *
   * @param n 1 or more
   */
  void compute(MemorySegment memory, int firstRow, int rows, int from, int n) {
    CodeMemory.call(
        function,
        description.address(),
        firstRow,
        memory,
        rows,
        (long) Float.BYTES * from,
        (long) Float.BYTES * n);
  }
}
