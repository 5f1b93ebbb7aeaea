package dev.lamina.cpu;

import dev.lamina.engine.backend.BufferPlan;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Rows;
import java.util.List;

/** The arrays of a stack's values, [rows, width] each. */
final class Activations {
  private final BufferPlan plan;
  private final float[][] buffers;

  /** The input of a product with F16 weights, rounded to F16, [rows, columns]. */
  private final float[] rounded;

  Activations(List<Segment> segments, RuntimeConfig config) {
    this.plan = BufferPlan.of(segments, config);
    this.buffers = new float[plan.size()][];
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = new float[Math.toIntExact(plan.floats(i))];
    }
    this.rounded = new float[Math.toIntExact(roundedFloats(segments, config))];
  }

  float[] array(Rows value) {
    return buffers[plan.indexOf(value)];
  }

  /** Whether two values have the same memory. */
  boolean isShared(Rows a, Rows b) {
    return plan.isShared(a, b);
  }

  /** Memory for an input that is rounded to F16; the steps use it in turn. */
  float[] rounded() {
    return rounded;
  }

  private static long roundedFloats(List<Segment> segments, RuntimeConfig config) {
    long most = 0;
    for (Segment segment : segments) {
      for (Op op : segment.ops()) {
        if (op instanceof Op.MatMul product && MatMulStep.roundsInput(product)) {
          Rows in = product.in();
          most = Math.max(most, Math.multiplyExact((long) config.rows(in.set()), in.width()));
        }
      }
    }
    return most;
  }

  static long bytes(List<Segment> segments, RuntimeConfig config) {
    BufferPlan plan = BufferPlan.of(segments, config);
    long floats = roundedFloats(segments, config);
    for (int i = 0; i < plan.size(); i++) {
      floats = Math.addExact(floats, plan.floats(i));
    }
    return Math.multiplyExact(Float.BYTES, floats);
  }
}
