package dev.lamina.engine.placement;

import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.model.ModelGraph;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Rows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/** Divides a model's operations into the longest runs on one target each. */
final class Segments {
  private final List<Op> ops;
  private final ToIntFunction<Op> target;
  private final boolean observed;

  /** Index of the operation that reads a value last; the number of operations for the logits. */
  private final Map<Rows, Integer> lastUse = new HashMap<>();

  private Segments(ModelGraph graph, ToIntFunction<Op> target, boolean observed) {
    this.ops = graph.ops();
    this.target = target;
    this.observed = observed;
    for (int i = 0; i < ops.size(); i++) {
      for (Rows value : ops.get(i).reads()) {
        lastUse.put(value, i);
      }
    }
    lastUse.put(graph.logits(), ops.size());
  }

  /**
   * @param target of an operation; operations are compared by identity
   * @param observed whether the inputs of matrix products must be inputs of their segments
   */
  static List<PlacedSegment> of(ModelGraph graph, ToIntFunction<Op> target, boolean observed) {
    return new Segments(graph, target, observed).divide();
  }

  private List<PlacedSegment> divide() {
    List<PlacedSegment> segments = new ArrayList<>();
    for (int begin = 0; begin < ops.size(); ) {
      int on = target.applyAsInt(ops.get(begin));
      int end = begin + 1;
      while (end < ops.size() && target.applyAsInt(ops.get(end)) == on && !begins(begin, end)) {
        end++;
      }
      int index = (int) segments.stream().filter(s -> s.target() == on).count();
      segments.add(new PlacedSegment(on, index, segment(begin, end)));
      begin = end;
    }
    return segments;
  }

  /** Whether a new segment must begin at this operation. */
  private boolean begins(int begin, int at) {
    return observed
        && ops.get(at) instanceof Op.MatMul product
        && ops.subList(begin, at).stream().anyMatch(op -> op.out() == product.in());
  }

  private Segment segment(int begin, int end) {
    List<Op> mine = ops.subList(begin, end);
    List<Rows> outputs =
        mine.stream().map(Op::out).filter(out -> lastUse.getOrDefault(out, 0) >= end).toList();
    return Segment.of(mine, outputs);
  }
}
