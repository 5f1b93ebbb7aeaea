package dev.lamina.engine.placement;

import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.model.Activation;
import dev.lamina.engine.model.ModelGraph;
import dev.lamina.engine.model.Op;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;

/** Divides a model's operations into the longest runs on one target each. */
final class Segments {
  private final List<Op> ops = new ArrayList<>();
  private final int nBody;
  private final Activation logits;
  private final ToIntFunction<Op> target;
  private final boolean observed;

  private Segments(ModelGraph graph, ToIntFunction<Op> target, boolean observed) {
    ops.addAll(graph.embedding());
    graph.layers().forEach(ops::addAll);
    this.nBody = ops.size();
    ops.addAll(graph.head());
    this.logits = graph.logits();
    this.target = target;
    this.observed = observed;
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
    Set<Activation> atFront = new HashSet<>();
    for (int begin = 0; begin < ops.size(); ) {
      int on = target.applyAsInt(ops.get(begin));
      int end = begin + 1;
      while (end < ops.size() && target.applyAsInt(ops.get(end)) == on && !begins(begin, end)) {
        end++;
      }
      Segment segment = segment(begin, end);
      List<Activation> toFront = new ArrayList<>();
      if (segment.headOnly()) {
        segment.inputs().stream().filter(atFront::add).forEach(toFront::add);
      }
      if (end > nBody) {
        atFront.addAll(segment.outputs());
      }
      int index = (int) segments.stream().filter(s -> s.target() == on).count();
      segments.add(new PlacedSegment(on, index, segment, toFront));
      begin = end;
    }
    return segments;
  }

  /** Whether a new segment must begin at this operation. */
  private boolean begins(int begin, int at) {
    return observed
        && ops.get(at) instanceof Op.MatMul product
        && ops.subList(begin, at).stream().anyMatch(op -> op.writes().contains(product.in()));
  }

  private Segment segment(int begin, int end) {
    List<Op> mine = ops.subList(begin, end);
    Set<Activation> written = new LinkedHashSet<>();
    mine.forEach(op -> written.addAll(op.writes()));
    int border = Math.clamp(nBody, begin, end);
    return new Segment(
        ops.subList(begin, border),
        ops.subList(border, end),
        Segment.readFirst(mine),
        written.stream().filter(a -> isNeededFrom(a, end)).toList());
  }

  /** Whether the value that a buffer has before operation {@code from} is used. */
  private boolean isNeededFrom(Activation activation, int from) {
    for (Op op : ops.subList(from, ops.size())) {
      if (op.reads().contains(activation)) {
        return true;
      }
      if (op.writes().contains(activation)) {
        return false;
      }
    }
    return activation.equals(logits);
  }
}
