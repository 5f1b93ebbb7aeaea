package dev.lamina.cpu;

import dev.lamina.engine.backend.LayerRange;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Activation;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.ModelGraph;
import dev.lamina.engine.model.Op;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The arrays behind a stack's activation buffers, [rows, width] each. */
final class Activations {
  private final Map<Activation, float[]> arrays = new HashMap<>();

  Activations(Model model, LayerRange range, SessionConfig config) {
    for (Activation activation : of(model, range)) {
      arrays.put(activation, new float[floats(activation, model, config)]);
    }
  }

  float[] array(Activation activation) {
    return arrays.get(activation);
  }

  /** Length of a buffer: one row per token of a batch, or per wanted row of logits. */
  static int floats(Activation activation, Model model, SessionConfig config) {
    boolean logits = activation.equals(model.graph().logits());
    int rows = logits ? config.maxLogits() : config.batchSize();
    return Math.multiplyExact(rows, activation.width());
  }

  /** All buffers of a range. */
  static Set<Activation> of(Model model, LayerRange range) {
    Set<Activation> found = new LinkedHashSet<>();
    ModelGraph graph = model.graph();
    found.add(graph.hidden());
    for (List<Op> layer : graph.layers().subList(range.firstLayer(), range.endLayer())) {
      layer.forEach(op -> collect(op, found));
    }
    if (range.head()) {
      graph.head().forEach(op -> collect(op, found));
    }
    return found;
  }

  private static void collect(Op op, Set<Activation> found) {
    switch (op) {
      case Op.Embed(_, var out) -> found.add(out);
      case Op.RmsNorm(var in, var out, _, _) -> found.addAll(List.of(in, out));
      case Op.MatMul(var in, var out, _, _) -> found.addAll(List.of(in, out));
      case Op.Rope(var x, _, _) -> found.add(x);
      case Op.Attention a -> found.addAll(List.of(a.q(), a.k(), a.v(), a.out()));
      case Op.GatedSilu(var gate, var up, var out) -> found.addAll(List.of(gate, up, out));
      case Op.Add(var a, var b, var out) -> found.addAll(List.of(a, b, out));
    }
  }
}
