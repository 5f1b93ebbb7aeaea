package dev.lamina.cpu;

import dev.lamina.cpu.rows.BoundRows;
import dev.lamina.cpu.rows.RowKernels;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.RopeConfig;
import dev.lamina.engine.model.RopeTable;
import dev.lamina.engine.model.RowCall;
import dev.lamina.engine.model.Rows;
import dev.lamina.engine.model.Weights;
import dev.lamina.engine.rows.RowPrograms;
import dev.lamina.gguf.GgufTensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/** Gives the calls of row programs their places in a stack's memory. */
final class CallBinder {
  private final RowKernels kernels;
  private final Activations arrays;
  private final RuntimeConfig config;
  private final IdentityHashMap<RopeConfig, Integer> angles = new IdentityHashMap<>();
  private final IdentityHashMap<GgufTensor, Integer> vectors = new IdentityHashMap<>();

  CallBinder(RowKernels kernels, Activations arrays, RuntimeConfig config) {
    this.kernels = kernels;
    this.arrays = arrays;
    this.config = config;
  }

  /** The program of a call. */
  BoundRows bind(RowCall call) {
    BoundRows program = kernels.bind(call.program(), call.repeats(), call.parameters());
    for (int i = 0; i < call.operands().size(); i++) {
      place(program, i, call.operands().get(i));
    }
    return program;
  }

  /** The work of a call whose result has the rows of a value. */
  RowWork work(RowCall call, Rows out) {
    List<Rows> values = new ArrayList<>();
    for (RowCall.Operand operand : call.operands()) {
      if (operand instanceof RowCall.Value value) {
        values.add(value.rows());
      }
    }
    return RowWorks.program(bind(call), call.n(), out.set(), values, arrays);
  }

  /** Rounds a value to half floats. */
  RowWork roundToF16(Rows value, int to) {
    int width = value.width();
    BoundRows program =
        kernels
            .bind(RowPrograms.ROUND_TO_F16, 1)
            .place(0, arrays.at(value), width, 0)
            .place(1, to, width, 0);
    return RowWorks.program(program, width, value.set(), List.of(value), arrays);
  }

  /** A program that adds a vector to the rows of a value. */
  BoundRows addVector(Rows value, GgufTensor vector) {
    int at = arrays.at(value);
    int width = value.width();
    return kernels
        .bind(RowPrograms.ADD, 1)
        .place(0, at, width, 0)
        .place(1, vector(vector), 0, 0)
        .place(2, at, width, 0);
  }

  private void place(BoundRows program, int i, RowCall.Operand operand) {
    int at = operand.offset();
    int row = 0;
    if (operand instanceof RowCall.Value value) {
      at += arrays.at(value.rows());
      row = value.rows().width();
    } else if (operand instanceof RowCall.Weight weight) {
      at += vector(weight.vector());
    } else if (operand instanceof RowCall.Angles table) {
      at += angles(table.config());
      row = new RopeTable(table.config()).rowLength();
    }
    program.place(i, at, row, operand.stride());
  }

  /** Index of a vector of weights in the memory. */
  private int vector(GgufTensor vector) {
    Integer at = vectors.get(vector);
    if (at == null) {
      at = arrays.memory().reserve(Weights.floats(vector));
      vectors.put(vector, at);
    }
    return at;
  }

  /** Index of a table of angles for the rows of a batch. */
  int angles(RopeConfig rope) {
    Integer at = angles.get(rope);
    if (at == null) {
      at = arrays.memory().reserve((long) config.batchSize() * new RopeTable(rope).rowLength());
      angles.put(rope, at);
    }
    return at;
  }
}
