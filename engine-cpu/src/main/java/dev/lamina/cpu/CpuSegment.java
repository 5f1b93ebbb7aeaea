package dev.lamina.cpu;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.model.Rows;
import java.util.List;

/** The steps of one segment, and the arrays of its inputs and outputs. */
final class CpuSegment {
  private final Step[] steps;
  private final Border[] in;
  private final Border[] out;

  CpuSegment(Segment segment, StepCompiler compiler, Activations arrays) {
    this.steps = compiler.compile(segment.ops()).toArray(Step[]::new);
    this.in = borders(segment.inputs(), arrays);
    this.out = borders(segment.outputs(), arrays);
  }

  private static Border[] borders(List<Rows> values, Activations arrays) {
    return values.stream()
        .map(value -> new Border(value, arrays.array(value)))
        .toArray(Border[]::new);
  }

  void run(Batch batch, float[][] inputs, float[][] outputs) {
    for (int i = 0; i < in.length; i++) {
      System.arraycopy(inputs[i], 0, in[i].array, 0, in[i].size(batch));
    }
    for (Step step : steps) {
      step.run(batch);
    }
    for (int i = 0; i < out.length; i++) {
      System.arraycopy(out[i].array, 0, outputs[i], 0, out[i].size(batch));
    }
  }

  /** A value that comes in or goes out. */
  private record Border(Rows value, float[] array) {
    int size(Batch batch) {
      return batch.rows(value.set()) * value.width();
    }
  }
}
