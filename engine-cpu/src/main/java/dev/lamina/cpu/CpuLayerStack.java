package dev.lamina.cpu;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.LayerRange;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.ModelGraph;
import dev.lamina.engine.model.Op;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** Layers compiled into an array of steps, with their KV cache and buffers. */
final class CpuLayerStack implements LayerStack {
  private final LayerRange range;
  private final Arena arena;
  private final Step[] preparation;
  private final Step[] layers;
  private final Step[] head;
  private final float[] hidden;
  private final float[] logits;
  private final int hiddenSize;
  private final int nVocab;

  /**
   * @param arena takes the KV cache; the stack owns it from here on
   */
  CpuLayerStack(WorkerPool pool, Model model, LayerRange range, SessionConfig config, Arena arena) {
    this.arena = arena;
    this.range = range;
    ModelGraph graph = model.graph();
    Activations arrays = new Activations(model, range, config);
    this.hidden = arrays.array(graph.hidden());
    this.logits = arrays.array(graph.logits());
    this.hiddenSize = graph.hidden().width();
    this.nVocab = graph.logits().width();
    StepCompiler compiler = new StepCompiler(pool, arrays, config, arena);
    List<Op> body = new ArrayList<>(range.embedding() ? graph.embedding() : List.of());
    graph.layers().subList(range.firstLayer(), range.endLayer()).forEach(body::addAll);
    this.layers = compiler.compile(body).toArray(Step[]::new);
    this.head = compiler.compile(range.head() ? graph.head() : List.<Op>of()).toArray(Step[]::new);
    this.preparation = compiler.preparation().toArray(Step[]::new);
  }

  @Override
  public void forward(Batch batch, float[] in, float[] out) {
    int nRows = batch.size();
    if (!range.embedding()) {
      System.arraycopy(in, 0, hidden, 0, nRows * hiddenSize);
    }
    run(preparation, batch, nRows);
    run(layers, batch, nRows);
    if (!range.head()) {
      System.arraycopy(hidden, 0, out, 0, nRows * hiddenSize);
      return;
    }
    int nLogits = batch.nLogits();
    if (nLogits > 0) {
      System.arraycopy(hidden, batch.firstLogit() * hiddenSize, hidden, 0, nLogits * hiddenSize);
      run(head, batch, nLogits);
      System.arraycopy(logits, 0, out, 0, nLogits * nVocab);
    }
  }

  private static void run(Step[] steps, Batch batch, int nRows) {
    for (Step step : steps) {
      step.run(batch, nRows);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
