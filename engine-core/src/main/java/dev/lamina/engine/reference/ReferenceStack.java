package dev.lamina.engine.reference;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.memory.Group;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Rows;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Runs the operations of segments in order, over one array for each value. */
final class ReferenceStack implements LayerStack {
  private final List<Segment> segments;

  /** The rows of each value, [rows, width]. */
  private final Map<Rows, float[]> arrays = new HashMap<>();

  private final Map<Op.Attention, ReferenceAttention> attentions = new HashMap<>();

  /** The state of each page, [page][width]. */
  private final Map<Op.DecayingSum, float[][]> states = new HashMap<>();

  ReferenceStack(List<Segment> segments, SessionConfig config) {
    this.segments = List.copyOf(segments);
    for (Rows value : values(segments)) {
      arrays.put(value, new float[Math.multiplyExact(config.rows(value.set()), value.width())]);
    }
    for (Segment segment : segments) {
      for (Op op : segment.ops()) {
        if (op instanceof Op.Attention attention) {
          attentions.put(attention, new ReferenceAttention(attention, config));
        } else if (op instanceof Op.DecayingSum sum) {
          states.put(sum, new float[config.pages(sum.group())][sum.out().width()]);
        }
      }
    }
  }

  /** All values of some segments, each of which has an array of its own. */
  static Set<Rows> values(List<Segment> segments) {
    Set<Rows> values = new LinkedHashSet<>();
    for (Segment segment : segments) {
      values.addAll(segment.inputs());
      segment.ops().forEach(op -> values.add(op.out()));
    }
    return values;
  }

  @Override
  public void forward(int index, Batch batch, float[][] in, float[][] out) {
    Segment segment = segments.get(index);
    for (int i = 0; i < in.length; i++) {
      Rows value = segment.inputs().get(i);
      System.arraycopy(in[i], 0, at(value), 0, batch.rows(value.set()) * value.width());
    }
    segment.ops().forEach(op -> run(op, batch, batch.rows(op.out().set())));
    for (int i = 0; i < out.length; i++) {
      Rows value = segment.outputs().get(i);
      System.arraycopy(at(value), 0, out[i], 0, batch.rows(value.set()) * value.width());
    }
  }

  /** Calls the definition of an operation. */
  private void run(Op op, Batch batch, int rows) {
    float[] out = at(op.out());
    switch (op) {
      case Op.Embed embed -> ReferenceOps.embed(embed, batch, rows, out);
      case Op.SelectRows select ->
          ReferenceOps.selectRows(select, batch, rows, at(select.in()), out);
      case Op.RmsNorm norm -> ReferenceOps.rmsNorm(norm, rows, at(norm.in()), out);
      case Op.MatMul m -> ReferenceOps.matMul(m, rows, at(m.in()), out);
      case Op.Rope rope -> ReferenceOps.rope(rope, batch, rows, at(rope.x()), out);
      case Op.Attention a -> attentions.get(a).forward(batch, at(a.q()), at(a.k()), at(a.v()), out);
      case Op.DecayingSum sum ->
          ReferenceOps.decayingSum(sum, batch, at(sum.in()), states.get(sum), out);
      case Op.GatedSilu g -> ReferenceOps.gatedSilu(g, rows, at(g.gate()), at(g.up()), out);
      case Op.Add add -> ReferenceOps.add(add, rows, at(add.a()), at(add.b()), out);
      case Op.Scale scale -> ReferenceOps.scale(scale, rows, at(scale.x()), out);
    }
  }

  @Override
  public void copyPage(Group group, int from, int to) {
    attentions.forEach((op, attention) -> {
      if (op.group().equals(group)) {
        attention.copyPage(from, to);
      }
    });
    states.forEach((op, state) -> {
      if (op.group().equals(group)) {
        state[to] = state[from].clone();
      }
    });
  }

  private float[] at(Rows value) {
    return arrays.get(value);
  }

  @Override
  public void close() {}
}
