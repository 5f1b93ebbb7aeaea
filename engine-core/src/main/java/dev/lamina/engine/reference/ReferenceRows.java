package dev.lamina.engine.reference;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.model.RopeTable;
import dev.lamina.engine.model.RowCall;
import dev.lamina.engine.model.Rows;
import dev.lamina.engine.model.Weights;
import dev.lamina.engine.rows.RowNode;
import java.util.Map;

/**
 * The meaning of row programs: every node in double, for all elements of a run, and rounded to
 * float32 once, when it is stored.
 */
final class ReferenceRows {
  private final RowCall call;
  private final double[][] values;

  private ReferenceRows(RowCall call) {
    this.call = call;
    this.values = new double[call.program().nodes().size()][call.n()];
  }

  /**
   * Runs a call on the first rows of its values.
   *
   * @param arrays of the values, [rows, width]
   */
  static void run(RowCall call, Batch batch, int rows, Map<Rows, float[]> arrays) {
    ReferenceRows reference = new ReferenceRows(call);
    float[][] memory = new float[call.operands().size()][];
    int[] first = new int[memory.length];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < memory.length; i++) {
        RowCall.Operand operand = call.operands().get(i);
        memory[i] = elements(operand, batch, row, arrays);
        first[i] = operand.offset();
        if (operand instanceof RowCall.Value value) {
          first[i] += row * value.rows().width();
        }
      }
      for (int repeat = 0; repeat < call.repeats(); repeat++) {
        reference.run(memory, first);
        for (int i = 0; i < memory.length; i++) {
          first[i] += call.operands().get(i).stride();
        }
      }
    }
  }

  private static float[] elements(
      RowCall.Operand operand, Batch batch, int row, Map<Rows, float[]> arrays) {
    return switch (operand) {
      case RowCall.Value value -> arrays.get(value.rows());
      case RowCall.Weight weight -> Weights.floats(weight.vector());
      case RowCall.Angles angles -> {
        RopeTable table = new RopeTable(angles.config());
        float[] elements = new float[table.rowLength()];
        table.fillRow(batch.position(row), elements, 0);
        yield elements;
      }
    };
  }

  /** Runs the program once, on runs that begin at the given indices. */
  private void run(float[][] memory, int[] first) {
    for (RowNode node : call.program().nodes()) {
      int operand = node.index();
      double[] x = values[node.number()];
      switch (node.kind()) {
        case STORE -> {
          double[] result = values[node.input(0).number()];
          for (int i = 0; i < result.length; i++) {
            memory[operand][first[operand] + i] = (float) result[i];
          }
        }
        case STORE_ONE ->
            memory[operand][first[operand]] = (float) values[node.input(0).number()][0];
        default -> {
          for (int i = 0; i < x.length; i++) {
            x[i] =
                switch (node.kind()) {
                  case LOAD -> memory[operand][first[operand] + i];
                  case LOAD_ONE -> memory[operand][first[operand]];
                  case PARAMETER -> call.parameters()[node.index()];
                  case COUNT -> x.length;
                  case CONSTANT -> node.value();
                  case SWAP_PAIRS -> input(node, 0, i ^ 1);
                  case SUM, LARGEST -> i > 0 ? x[0] : reduce(node);
                  default -> element(node, i);
                };
          }
        }
      }
    }
  }

  private double input(RowNode node, int input, int i) {
    return values[node.input(input).number()][i];
  }

  private double reduce(RowNode node) {
    boolean sum = node.kind() == RowNode.Kind.SUM;
    double result = sum ? 0 : Double.NEGATIVE_INFINITY;
    for (double x : values[node.input(0).number()]) {
      result = sum ? result + x : x > result ? x : result;
    }
    return result;
  }

  private double element(RowNode node, int i) {
    double a = input(node, 0, i);
    double b = node.kind().inputs() > 1 ? input(node, 1, i) : 0;
    return switch (node.kind()) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case MIN -> a < b ? a : b;
      case MAX -> a > b ? a : b;
      case NEGATE -> -a;
      case ABS -> Math.abs(a);
      case SQRT -> Math.sqrt(a);
      case EXP -> Math.exp(a);
      case LOG -> Math.log(a);
      case SELECT -> a > b ? input(node, 2, i) : input(node, 3, i);
      case ROUND_TO_F16 -> Float.float16ToFloat(Float.floatToFloat16((float) a));
      default -> throw new IllegalArgumentException(node.kind() + " has no value by element");
    };
  }
}
