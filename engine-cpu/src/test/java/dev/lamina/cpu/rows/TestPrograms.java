package dev.lamina.cpu.rows;

import dev.lamina.engine.rows.RowNode;
import dev.lamina.engine.rows.RowNode.Kind;
import dev.lamina.engine.rows.RowProgram;
import dev.lamina.engine.rows.RowPrograms;
import java.util.List;

/** Programs that have every kind of node. */
public final class TestPrograms {
  private TestPrograms() {}

  /** The programs of operations, and those made for tests. */
  public static List<RowProgram> all() {
    return List.of(
        RowPrograms.COPY,
        RowPrograms.ADD,
        RowPrograms.SCALE,
        RowPrograms.ROUND_TO_F16,
        RowPrograms.RMS_NORM,
        RowPrograms.LAYER_NORM,
        RowPrograms.GATED_SILU,
        RowPrograms.ROTATE_HALVES,
        RowPrograms.ROTATE_PAIRS,
        activations(),
        softmax(),
        choices());
  }

  /** {@code 1 = sigmoid(0); 2 = tanh(0); 3 = softplus(0)}. */
  static RowProgram activations() {
    RowProgram.Builder b = new RowProgram.Builder("activations");
    RowNode x = b.load(0);
    b.store(1, b.sigmoid(x));
    b.store(2, b.tanh(x));
    b.store(3, b.softplus(x));
    return b.build();
  }

  /** {@code 1 = softmax(0)}, with the largest element in 2 and the sum in 3. */
  static RowProgram softmax() {
    RowProgram.Builder b = new RowProgram.Builder("softmax");
    RowNode x = b.load(0);
    RowNode largest = b.node(Kind.LARGEST, x);
    RowNode e = b.node(Kind.EXP, b.subtract(x, largest));
    RowNode sum = b.node(Kind.SUM, e);
    b.store(1, b.divide(e, sum));
    b.storeOne(2, largest);
    b.storeOne(3, sum);
    return b.build();
  }

  /**
   * {@code 1 = 0 > 3[0] ? max(min(|0|, 2), 0 * parameter) : sqrt(|0|) - 0}, with 2 and 3 single.
   */
  static RowProgram choices() {
    RowProgram.Builder b = new RowProgram.Builder("choices");
    RowNode x = b.load(0);
    RowNode abs = b.node(Kind.ABS, x);
    RowNode most = b.node(Kind.MIN, abs, b.constant(2));
    RowNode a = b.node(Kind.MAX, most, b.multiply(x, b.parameter(0)));
    RowNode c = b.subtract(b.node(Kind.SQRT, abs), x);
    b.store(1, b.node(Kind.SELECT, x, b.loadOne(3), a, c));
    b.storeOne(2, b.add(b.loadOne(3), b.constant(1)));
    return b.build();
  }
}
