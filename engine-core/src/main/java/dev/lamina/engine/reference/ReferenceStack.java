package dev.lamina.engine.reference;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.PageLayout;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.memory.Group;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Rows;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Runs the operations of segments in order, over one array for each value. */
final class ReferenceStack implements LayerStack {
  private final List<Segment> segments;

  /** The rows of each value, [rows, width]. */
  private final Map<Rows, float[]> arrays = new HashMap<>();

  /** In the order of the operations. */
  private final Map<Op.Attention, ReferenceAttention> attentions = new LinkedHashMap<>();

  private final String pageLayout;

  /** Likewise. */
  private final Map<Op.DecayingSum, ReferenceState> states = new LinkedHashMap<>();

  ReferenceStack(List<Segment> segments, RuntimeConfig config) {
    this.segments = List.copyOf(segments);
    this.pageLayout = PageLayout.of("floats", segments, config);
    for (Rows value : values(segments)) {
      arrays.put(value, new float[Math.multiplyExact(config.rows(value.set()), value.width())]);
    }
    for (Segment segment : segments) {
      for (Op op : segment.ops()) {
        if (op instanceof Op.Attention attention) {
          attentions.put(attention, new ReferenceAttention(attention, config));
        } else if (op instanceof Op.DecayingSum sum) {
          states.put(sum, new ReferenceState(sum, config));
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
      case Op.MatMul m -> ReferenceOps.matMul(m, rows, at(m.in()), out);
      case Op.Attention a -> attentions.get(a).forward(batch, at(a.q()), at(a.k()), at(a.v()), out);
      case Op.DecayingSum sum -> states.get(sum).forward(batch, at(sum.in()), out);
      case Op.RmsNorm _, Op.Rope _, Op.GatedSilu _, Op.Add _, Op.Scale _ ->
          op.rowCalls().forEach(call -> ReferenceRows.run(call, batch, rows, arrays));
    }
  }

  @Override
  public void copyPage(Group group, int from, int to) {
    pagesOf(group).forEach(pages -> pages.copyPage(from, to));
  }

  private Stream<ReferencePages> pagesOf(Group group) {
    return Stream.concat(attentions.values().stream(), states.values().stream())
        .filter(pages -> pages.group().equals(group));
  }

  @Override
  public long pageBytes(Group group) {
    return pagesOf(group).mapToLong(ReferencePages::pageBytes).sum();
  }

  @Override
  public String pageLayout() {
    return pageLayout;
  }

  @Override
  public void readPage(Group group, int page, MemorySegment to) {
    long at = 0;
    for (ReferencePages pages : pagesOf(group).toList()) {
      pages.readPage(page, to.asSlice(at));
      at += pages.pageBytes();
    }
  }

  @Override
  public void writePage(Group group, int page, MemorySegment from) {
    long at = 0;
    for (ReferencePages pages : pagesOf(group).toList()) {
      pages.writePage(page, from.asSlice(at));
      at += pages.pageBytes();
    }
  }

  private float[] at(Rows value) {
    return arrays.get(value);
  }

  @Override
  public void close() {}
}
