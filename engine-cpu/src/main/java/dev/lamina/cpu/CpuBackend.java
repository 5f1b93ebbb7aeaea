package dev.lamina.cpu;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.LayerRange;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.MemoryPlan;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Activation;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.ModelConfig;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;

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
  public MemoryPlan plan(Model model, LayerRange range, SessionConfig config) {
    ModelConfig c = model.config();
    long layers = range.endLayer() - range.firstLayer();
    long scratch = 0;
    for (Activation activation : Activations.of(model, range)) {
      scratch += 4L * Activations.floats(activation, model, config);
    }
    return new MemoryPlan(0, Math.multiplyExact(layers, KvCache.bytesPerLayer(c, config)), scratch);
  }

  /**
   * @throws BackendException if the KV cache does not fit the memory
   */
  @Override
  @SuppressWarnings("MustBeClosed") // the stack owns the arena and closes it
  public LayerStack load(Model model, LayerRange range, SessionConfig config) {
    Arena arena = Arena.ofShared();
    try {
      return new CpuLayerStack(pool, model, range, config, arena);
    } catch (OutOfMemoryError e) {
      arena.close();
      MemoryPlan plan = plan(model, range, config);
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
