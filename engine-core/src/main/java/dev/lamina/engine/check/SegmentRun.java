package dev.lamina.engine.check;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Rows;
import java.util.List;

/**
 * Runs single operations on a backend. Each operation is its own segment, and all its values are
 * inputs or outputs.
 */
final class SegmentRun implements AutoCloseable {
  private final List<Op> ops;
  private final LayerStack stack;
  private final Batch batch;

  SegmentRun(Backend backend, List<Op> ops, SessionConfig config) {
    this.ops = List.copyOf(ops);
    this.stack = backend.load(segments(ops), config);
    this.batch = new Batch(config.batchSize());
  }

  static List<Segment> segments(List<Op> ops) {
    return ops.stream().map(op -> new Segment(List.of(op), op.reads(), List.of(op.out()))).toList();
  }

  /**
   * Runs one operation.
   *
   * @param tokens of the batch, whose size they give
   * @param in values of what it reads, [rows, width] each
   * @return what it writes, [rows, width]
   */
  float[] run(int index, int[] tokens, int position, float[]... in) {
    Rows out = ops.get(index).out();
    float[] result = new float[tokens.length * out.width()];
    batch.set(tokens, 0, tokens.length, position, tokens.length);
    stack.forward(index, batch, in, new float[][] {result});
    return result;
  }

  @Override
  public void close() {
    stack.close();
  }
}
