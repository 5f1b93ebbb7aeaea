package dev.lamina.engine.model;

import dev.lamina.engine.rows.RowPrograms;
import java.util.ArrayList;
import java.util.List;

/** Rotary position embedding as row programs on the heads of a row. */
final class RopeCalls {
  private RopeCalls() {}

  static List<RowCall> of(Op.Rope op) {
    RopeConfig config = op.config();
    int n = config.nDims();
    int heads = op.x().width() / op.headDim();
    List<RowCall> calls = new ArrayList<>();
    calls.add(config.pairing() == RopeConfig.Pairing.HALVES ? halves(op, heads) : pairs(op, heads));
    if (n < op.headDim()) {
      List<RowCall.Operand> rest = List.of(head(op, op.x(), n), head(op, op.out(), n));
      calls.add(new RowCall(RowPrograms.COPY, op.headDim() - n, heads, rest));
    }
    return calls;
  }

  private static RowCall halves(Op.Rope op, int heads) {
    int nPairs = op.config().nDims() / 2;
    List<RowCall.Operand> operands =
        List.of(
            head(op, op.x(), 0),
            head(op, op.x(), nPairs),
            new RowCall.Angles(op.config(), 0),
            new RowCall.Angles(op.config(), nPairs),
            head(op, op.out(), 0),
            head(op, op.out(), nPairs));
    return new RowCall(RowPrograms.ROTATE_HALVES, nPairs, heads, operands);
  }

  private static RowCall pairs(Op.Rope op, int heads) {
    int n = op.config().nDims();
    List<RowCall.Operand> operands =
        List.of(
            head(op, op.x(), 0),
            new RowCall.Angles(op.config(), 0),
            new RowCall.Angles(op.config(), n),
            head(op, op.out(), 0));
    return new RowCall(RowPrograms.ROTATE_PAIRS, n, heads, operands);
  }

  private static RowCall.Operand head(Op.Rope op, Rows value, int offset) {
    return new RowCall.Value(value, offset, op.headDim());
  }
}
