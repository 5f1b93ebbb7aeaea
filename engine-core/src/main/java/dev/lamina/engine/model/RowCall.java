package dev.lamina.engine.model;

import dev.lamina.engine.rows.RowProgram;
import dev.lamina.gguf.GgufTensor;
import java.util.List;

/**
 * A row program on each row of an operation's values.
 *
 * @param n elements of a run
 * @param repeats runs of a row, such as heads
 * @param operands of the program, by their numbers
 * @param parameters of the program, by their numbers
 */
public record RowCall(
    RowProgram program, int n, int repeats, List<Operand> operands, float... parameters) {

  /** Where the runs of an operand are. */
  public sealed interface Operand {
    /** Index of the first run's first element in a row. */
    int offset();

    /** Elements from run to run. */
    int stride();
  }

  /** Elements of a value. */
  public record Value(Rows rows, int offset, int stride) implements Operand {}

  /** Elements of a vector of weights, the same for all rows. */
  public record Weight(GgufTensor vector, int stride) implements Operand {
    @Override
    public int offset() {
      return 0;
    }
  }

  /** Elements of {@link RopeTable#fillRow} for the position of a row, the same for all runs. */
  public record Angles(RopeConfig config, int offset) implements Operand {
    @Override
    public int stride() {
      return 0;
    }
  }

  /** A call for whole rows of some values. */
  static RowCall whole(RowProgram program, List<Rows> values, float... parameters) {
    List<Operand> operands = values.stream().<Operand>map(value -> new Value(value, 0, 0)).toList();
    return new RowCall(program, values.getFirst().width(), 1, operands, parameters);
  }
}
