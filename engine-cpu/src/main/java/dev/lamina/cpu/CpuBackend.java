package dev.lamina.cpu;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.MemoryPlan;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Op;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.util.List;

/** Runs layers on the CPU from the mapped file, with a pool of threads shared by its stacks. */
final class CpuBackend implements Backend {
  private final WorkerPool pool;

  CpuBackend(int threads) {
    this.pool = new WorkerPool(threads);
  }

  @Override
  public boolean supports(TensorType type) {
    return type.holdsWeights();
  }

  @Override
  public MemoryPlan plan(List<Segment> segments, SessionConfig config) {
    long cache =
        segments.stream()
            .flatMap(segment -> segment.ops().stream())
            .mapToLong(op -> op instanceof Op.Attention a ? KvCache.bytes(a, config) : 0)
            .reduce(0, Math::addExact);
    return new MemoryPlan(0, cache, Activations.bytes(segments, config), 0);
  }

  /**
   * @throws BackendException if the KV cache does not fit the memory
   */
  @Override
  @SuppressWarnings("MustBeClosed") // the stack owns the arena and closes it
  public LayerStack load(List<Segment> segments, SessionConfig config) {
    Arena arena = Arena.ofShared();
    try {
      return new CpuLayerStack(pool, segments, config, arena);
    } catch (OutOfMemoryError e) {
      arena.close();
      MemoryPlan plan = plan(segments, config);
      throw new BackendException(
          "out of memory: the KV cache takes "
              + (plan.kvCache() >> 20)
              + " MiB and buffers "
              + (plan.scratch() >> 20)
              + " MiB; use a smaller context (-c) or batch (-ub)",
          e);
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
