package dev.lamina.cpu;

import dev.lamina.cpu.rows.WorkingMemory;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.model.Rows;
import java.util.List;

/** The steps of one segment, and the places of its inputs and outputs. */
final class CpuSegment {
  private final Step[] steps;
  private final PassThreads threads;
  private final WorkingMemory memory;
  private final Border[] in;
  private final Border[] out;

  CpuSegment(Segment segment, StepCompiler compiler, Activations arrays) {
    this.steps = compiler.compile(segment.ops()).toArray(Step[]::new);
    this.threads = compiler.threads();
    this.memory = arrays.memory();
    this.in = borders(segment.inputs(), arrays);
    this.out = borders(segment.outputs(), arrays);
  }

  private static Border[] borders(List<Rows> values, Activations arrays) {
    return values.stream().map(value -> new Border(value, arrays.at(value))).toArray(Border[]::new);
  }

  void run(Batch batch, float[][] inputs, float[][] outputs) {
    for (int i = 0; i < in.length; i++) {
      System.arraycopy(inputs[i], 0, memory.floats(), in[i].at, in[i].size(batch));
    }
    threads.choose(steps, batch);
    for (Step step : steps) {
      step.run(batch);
    }
    for (int i = 0; i < out.length; i++) {
      System.arraycopy(memory.floats(), out[i].at, outputs[i], 0, out[i].size(batch));
    }
  }

  /** A value that comes in or goes out. */
  private record Border(Rows value, int at) {
    int size(Batch batch) {
      return batch.rows(value.set()) * value.width();
    }
  }
}
