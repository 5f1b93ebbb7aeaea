package dev.lamina.cpu;

import dev.lamina.cpu.kernel.PackedInput;
import dev.lamina.cpu.kernel.PackedMatrix;
import dev.lamina.cpu.kernel.PackedProducts;
import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.cpu.machine.MachineProducts;
import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.MemoryPlan;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.gguf.GgufTensor;
import dev.lamina.engine.model.Op;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs layers on the CPU, from repacked weights where that is faster and else from the mapped file,
 * with a pool of threads and copies of weights that its stacks share.
 */
final class CpuBackend implements Backend {
  private final WorkerPool pool;
  private final boolean repack;
  private final MachineKernels machine;
  private final PackedWeights packed;

  /**
   * @param machine null to multiply by the Vector API
   */
  CpuBackend(int threads, boolean repack, MachineKernels machine) {
    this.pool = new WorkerPool(threads);
    this.repack = repack;
    this.machine = machine;
    this.packed = new PackedWeights(machine);
  }

  @Override
  public CpuKernels kernels() {
    return machine == null ? CpuKernels.VECTOR : machine.kind();
  }

  @Override
  public boolean supports(TensorType type) {
    return type.holdsWeights();
  }

  @Override
  public MemoryPlan plan(List<Segment> segments, SessionConfig config) {
    long cache =
        ops(segments, Op.Attention.class)
            .mapToLong(op -> KvCache.bytes(op, config))
            .reduce(0, Math::addExact);
    long weights = matrices(segments).stream().mapToLong(packed::bytes).reduce(0, Math::addExact);
    long scratch =
        Activations.bytes(segments, config)
            + productsBytes(segments, config)
            + ops(segments, Op.Attention.class)
                .mapToLong(op -> AttentionBuffers.bytes(op, config, pool.threads()))
                .max()
                .orElse(0);
    return new MemoryPlan(weights, cache, scratch, 0);
  }

  /** Rounded activations of the widest product. */
  private long productsBytes(List<Segment> segments, SessionConfig config) {
    return ops(segments, Op.MatMul.class)
        .map(Op.MatMul::weight)
        .filter(weight -> repack && packed.bytes(weight) > 0)
        .mapToLong(weight -> {
          int columns = (int) weight.columns();
          return machine == null
              ? PackedInput.bytes(config.batchSize(), columns, PackedMatrix.asFloats(weight.type()))
              : machine.inputBytes(config.batchSize(), columns);
        })
        .max()
        .orElse(0);
  }

  private static <T extends Op> Stream<T> ops(List<Segment> segments, Class<T> kind) {
    return segments.stream()
        .flatMap(segment -> segment.ops().stream())
        .filter(kind::isInstance)
        .map(kind::cast);
  }

  /** Weights that are repacked if their type is. */
  private List<GgufTensor> matrices(List<Segment> segments) {
    return ops(segments, Op.MatMul.class)
        .filter(op -> repack)
        .map(Op.MatMul::weight)
        .distinct()
        .toList();
  }

  /**
   * @throws BackendException if the KV cache does not fit the memory
   */
  @Override
  @SuppressWarnings("MustBeClosed") // the stack owns the arena and closes it
  public LayerStack load(List<Segment> segments, SessionConfig config) {
    Arena arena = Arena.ofShared();
    try {
      packed.pack(matrices(segments), pool);
      return new CpuLayerStack(pool, packed, products(arena), segments, config, arena);
    } catch (OutOfMemoryError e) {
      arena.close();
      MemoryPlan plan = plan(segments, config);
      throw new BackendException(
          "out of memory: repacked weights take "
              + (plan.weights() >> 20)
              + " MiB (--no-repack does without), the KV cache "
              + (plan.kvCache() >> 20)
              + " MiB and buffers "
              + (plan.scratch() >> 20)
              + " MiB; use a smaller context (-c) or batch (-ub)",
          e);
    }
  }

  /** Null without repacked weights. */
  private PackedProducts products(Arena arena) {
    return !repack
        ? null
        : machine == null ? new PackedInput() : new MachineProducts(machine, arena);
  }

  @Override
  public void close() {
    pool.close();
    packed.close();
  }
}
