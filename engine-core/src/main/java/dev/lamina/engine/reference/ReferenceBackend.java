package dev.lamina.engine.reference;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.MemoryPlan;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.model.Op;
import dev.lamina.kernels.TensorType;
import java.util.List;

/**
 * Interprets the operations one by one as {@link ReferenceOps} defines them. It supports every type
 * of weights and of the KV cache. It keeps only activations and the cache. Its results are the same
 * for every batch size and every division into segments. Weights are dequantized whenever they are
 * used, so it is for tests and checks, not for speed.
 */
public final class ReferenceBackend implements Backend {
  @Override
  public boolean supports(TensorType type) {
    return type.holdsWeights();
  }

  @Override
  public MemoryPlan plan(List<Segment> segments, RuntimeConfig config) {
    long cache = 0;
    for (Segment segment : segments) {
      for (Op op : segment.ops()) {
        if (op instanceof Op.Attention attention) {
          long width = attention.k().width() + attention.v().width();
          cache += Float.BYTES * width * config.pages(op.group()) * PageTable.POSITIONS;
        } else if (op instanceof Op.DecayingSum sum) {
          cache += (long) Float.BYTES * sum.out().width() * config.pages(op.group());
        }
      }
    }
    long scratch =
        ReferenceStack.values(segments).stream()
            .mapToLong(value -> (long) Float.BYTES * value.width() * config.rows(value.set()))
            .sum();
    return new MemoryPlan(0, cache, scratch, 0);
  }

  /**
   * Prepares segments to run.
   *
   * @throws IllegalArgumentException if heads are not whole blocks of the cache's type
   */
  @Override
  public LayerStack load(List<Segment> segments, RuntimeConfig config) {
    return new ReferenceStack(segments, config);
  }

  @Override
  public void close() {}
}
