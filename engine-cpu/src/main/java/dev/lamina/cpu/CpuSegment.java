package dev.lamina.cpu;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.model.Activation;
import java.util.List;

/** The steps of one segment, and its input and output buffers. */
final class CpuSegment {
  private final boolean headOnly;
  private final Step[] body;
  private final Step[] head;
  private final Border in;
  private final Border out;
  private final Border carried;

  CpuSegment(Segment segment, StepCompiler compiler, Activations arrays) {
    this.headOnly = segment.headOnly();
    this.body = compiler.compile(segment.body()).toArray(Step[]::new);
    this.head = compiler.compile(segment.head()).toArray(Step[]::new);
    this.in = new Border(segment.inputs(), arrays);
    this.out = new Border(segment.outputs(), arrays);
    this.carried = new Border(segment.carried(), arrays);
  }

  void run(Batch batch, float[][] inputs, float[][] outputs) {
    int nLogits = batch.nLogits();
    in.load(inputs, headOnly ? nLogits : batch.size());
    run(body, batch, batch.size());
    if (head.length == 0) {
      out.store(outputs, batch.size());
    } else if (nLogits > 0) {
      carried.toFront(batch.firstLogit(), nLogits);
      run(head, batch, nLogits);
      out.store(outputs, nLogits);
    }
  }

  private static void run(Step[] steps, Batch batch, int nRows) {
    for (Step step : steps) {
      step.run(batch, nRows);
    }
  }

  /** Buffers to copy rows from or to. */
  private static final class Border {
    private final float[][] buffers;
    private final int[] widths;

    Border(List<Activation> activations, Activations arrays) {
      this.buffers = arrays.arrays(activations);
      this.widths = activations.stream().mapToInt(Activation::width).toArray();
    }

    void load(float[][] from, int rows) {
      for (int i = 0; i < buffers.length; i++) {
        System.arraycopy(from[i], 0, buffers[i], 0, rows * widths[i]);
      }
    }

    void store(float[][] to, int rows) {
      for (int i = 0; i < buffers.length; i++) {
        System.arraycopy(buffers[i], 0, to[i], 0, rows * widths[i]);
      }
    }

    void toFront(int firstRow, int rows) {
      for (int i = 0; i < buffers.length; i++) {
        int width = widths[i];
        System.arraycopy(buffers[i], firstRow * width, buffers[i], 0, rows * width);
      }
    }
  }
}
