package dev.lamina.engine.backend;

import dev.lamina.engine.model.ModelGraph;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Rows;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Consecutive operations of a model that one device runs without a break. Segments depend on each
 * other through their inputs and outputs alone: nothing but the KV cache keeps a value from one to
 * the next, even on the same device.
 *
 * @param ops in the order in which they run
 * @param inputs values that are read here and written before
 * @param outputs values that are written here and read by a later segment, or the logits
 */
public record Segment(List<Op> ops, List<Rows> inputs, List<Rows> outputs) {
  public Segment {
    ops = List.copyOf(ops);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** A segment whose inputs are all values that its operations read and do not write before. */
  public static Segment of(List<Op> ops, List<Rows> outputs) {
    Set<Rows> written = new HashSet<>();
    Set<Rows> inputs = new LinkedHashSet<>();
    for (Op op : ops) {
      op.reads().stream().filter(value -> !written.contains(value)).forEach(inputs::add);
      written.add(op.out());
    }
    return new Segment(ops, List.copyOf(inputs), outputs);
  }

  /** A whole model. */
  public static Segment all(ModelGraph graph) {
    return new Segment(graph.ops(), List.of(), List.of(graph.logits()));
  }

  /** Whether something runs for a batch: not if all rows are wanted ones, and none is. */
  public boolean runs(Batch batch) {
    for (int i = 0; i < ops.size(); i++) { // without an iterator, for every pass
      if (batch.rows(ops.get(i).out().set()) > 0) {
        return true;
      }
    }
    return false;
  }
}
