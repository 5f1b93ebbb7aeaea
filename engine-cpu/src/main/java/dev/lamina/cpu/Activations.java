package dev.lamina.cpu;

import dev.lamina.cpu.rows.WorkingMemory;
import dev.lamina.engine.backend.BufferPlan;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RopeConfig;
import dev.lamina.engine.model.RopeTable;
import dev.lamina.engine.model.RowCall;
import dev.lamina.engine.model.Rows;
import java.util.IdentityHashMap;
import java.util.List;

/** Where a stack's values, [rows, width] each, are in its memory. */
final class Activations {
  private final BufferPlan plan;
  private final WorkingMemory memory = new WorkingMemory();
  private final int[] at;

  /** The input of a product with F16 weights, rounded to F16, [rows, columns]. */
  private final int rounded;

  Activations(List<Segment> segments, RuntimeConfig config) {
    this.plan = BufferPlan.of(segments, config);
    this.at = new int[plan.size()];
    for (int i = 0; i < at.length; i++) {
      at[i] = memory.reserve(plan.floats(i));
    }
    this.rounded = memory.reserve(roundedFloats(segments, config));
  }

  /** The memory, made when all steps are compiled. */
  WorkingMemory memory() {
    return memory;
  }

  /** Index of a value's first element in the memory. */
  int at(Rows value) {
    return at[plan.indexOf(value)];
  }

  /** Whether two values have the same memory. */
  boolean isShared(Rows a, Rows b) {
    return plan.isShared(a, b);
  }

  /** Index of the memory for an input that is rounded to F16; the steps use it in turn. */
  int rounded() {
    return rounded;
  }

  private static long roundedFloats(List<Segment> segments, RuntimeConfig config) {
    long most = 0;
    for (Segment segment : segments) {
      for (Op op : segment.ops()) {
        if (op instanceof Op.MatMul product && MatMulStep.roundsInput(product)) {
          Rows in = product.in();
          most = Math.max(most, Math.multiplyExact((long) config.rows(in.set()), in.width()));
        }
      }
    }
    return most;
  }

  /** Bytes of the memory. */
  static long bytes(List<Segment> segments, RuntimeConfig config) {
    BufferPlan plan = BufferPlan.of(segments, config);
    long floats = WorkingMemory.room(roundedFloats(segments, config));
    for (int i = 0; i < plan.size(); i++) {
      floats = Math.addExact(floats, WorkingMemory.room(plan.floats(i)));
    }
    for (Segment segment : segments) {
      for (Op op : segment.ops()) {
        floats = Math.addExact(floats, weightFloats(op));
      }
    }
    floats = Math.addExact(floats, angleFloats(segments, config));
    return Math.multiplyExact(Float.BYTES, floats);
  }

  /** Room for the vectors of weights that an operation reads as floats. */
  private static long weightFloats(Op op) {
    long floats = 0;
    if (op instanceof Op.MatMul product && product.bias() != null) {
      floats = WorkingMemory.room(product.bias().columns());
    }
    for (RowCall call : op.rowCalls()) {
      for (RowCall.Operand operand : call.operands()) {
        if (operand instanceof RowCall.Weight weight) {
          floats += WorkingMemory.room(weight.vector().columns());
        }
      }
    }
    return floats;
  }

  private static long angleFloats(List<Segment> segments, RuntimeConfig config) {
    IdentityHashMap<RopeConfig, Long> tables = new IdentityHashMap<>();
    for (Segment segment : segments) {
      for (Op op : segment.ops()) {
        if (op instanceof Op.Rope rope) {
          long row = new RopeTable(rope.config()).rowLength();
          tables.put(rope.config(), WorkingMemory.room(config.batchSize() * row));
        }
      }
    }
    return tables.values().stream().reduce(0L, Math::addExact);
  }
}
