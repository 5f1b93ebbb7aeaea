package dev.lamina.engine.reference;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Activation;
import dev.lamina.engine.model.Op;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs the operations of segments in order, over one array for each buffer. */
final class ReferenceStack implements LayerStack {
  private final List<Segment> segments;

  /** Values of each buffer, [rows, width]. */
  private final Map<Activation, float[]> buffers = new HashMap<>();

  private final Map<Op.Attention, ReferenceAttention> attentions = new HashMap<>();

  ReferenceStack(List<Segment> segments, SessionConfig config) {
    this.segments = List.copyOf(segments);
    Segment.buffers(segments, config)
        .forEach((buffer, rows) ->
            buffers.put(buffer, new float[Math.multiplyExact(rows, buffer.width())]));
    for (Segment segment : segments) {
      for (Op op : segment.ops()) {
        if (op instanceof Op.Attention attention) {
          attentions.put(attention, new ReferenceAttention(attention, config));
        }
      }
    }
  }

  @Override
  public void forward(int index, Batch batch, float[][] in, float[][] out) {
    Segment segment = segments.get(index);
    int nLogits = batch.nLogits();
    int nIn = segment.headOnly() ? nLogits : batch.size();
    int nOut = segment.head().isEmpty() ? batch.size() : nLogits;
    copy(segment.inputs(), nIn, in, true);
    segment.body().forEach(op -> run(op, batch, batch.size()));
    if (nOut > 0) {
      segment.carried().forEach(buffer -> moveToFront(buffer, batch.firstLogit(), nLogits));
      segment.head().forEach(op -> run(op, batch, nLogits));
      copy(segment.outputs(), nOut, out, false);
    }
  }

  private void copy(List<Activation> activations, int rows, float[][] outside, boolean inwards) {
    for (int i = 0; i < outside.length; i++) {
      float[] buffer = buffers.get(activations.get(i));
      float[] from = inwards ? outside[i] : buffer;
      float[] to = inwards ? buffer : outside[i];
      System.arraycopy(from, 0, to, 0, rows * activations.get(i).width());
    }
  }

  private void moveToFront(Activation activation, int firstRow, int rows) {
    float[] buffer = buffers.get(activation);
    int width = activation.width();
    System.arraycopy(buffer, firstRow * width, buffer, 0, rows * width);
  }

  /** Calls the definition of an operation. */
  private void run(Op op, Batch batch, int rows) {
    switch (op) {
      case Op.Embed embed -> ReferenceOps.embed(embed, batch, rows, at(embed.out()));
      case Op.RmsNorm norm -> ReferenceOps.rmsNorm(norm, rows, at(norm.in()), at(norm.out()));
      case Op.MatMul m -> ReferenceOps.matMul(m, rows, at(m.in()), at(m.out()));
      case Op.Rope rope -> ReferenceOps.rope(rope, batch.startPosition(), rows, at(rope.x()));
      case Op.Attention a ->
          attentions
              .get(a)
              .forward(batch.startPosition(), rows, at(a.q()), at(a.k()), at(a.v()), at(a.out()));
      case Op.GatedSilu g -> ReferenceOps.gatedSilu(g, rows, at(g.gate()), at(g.up()), at(g.out()));
      case Op.Add add -> ReferenceOps.add(add, rows, at(add.a()), at(add.b()), at(add.out()));
      case Op.Scale scale -> ReferenceOps.scale(scale, rows, at(scale.x()));
    }
  }

  private float[] at(Activation activation) {
    return buffers.get(activation);
  }

  @Override
  public void close() {}
}
