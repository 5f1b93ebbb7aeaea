package dev.lamina.cpu;

import dev.lamina.cpu.kernel.PackedInput;
import dev.lamina.cpu.kernel.PackedMatrix;
import dev.lamina.cpu.kernel.PackedProducts;
import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.cpu.machine.MachineProducts;
import dev.lamina.cpu.rows.PortableRows;
import dev.lamina.cpu.rows.RowKernels;
import dev.lamina.cpu.system.VectorModule;
import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.MemoryException;
import dev.lamina.engine.backend.MemoryPlan;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.backend.ThreadPlacement;
import dev.lamina.engine.model.Op;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs layers on the CPU. It uses repacked weights if they are faster, and otherwise the file's
 * layout. Its stacks share a pool of threads and the copies of weights.
 */
final class CpuBackend implements Backend {
  private final WorkerPool pool;
  private final boolean repack;
  private final MachineKernels machine;
  private final PackedWeights packed;
  private final LoadedWeights weights;

  /**
   * @param machine null for the Vector API
   */
  CpuBackend(int threads, boolean repack, MachineKernels machine) {
    this(threads, ThreadPlacement.SYSTEM, repack, machine);
  }

  /**
   * @param machine null for the Vector API
   */
  CpuBackend(int threads, ThreadPlacement placement, boolean repack, MachineKernels machine) {
    if (machine == null) {
      VectorModule.load();
    }
    this.pool = new WorkerPool(threads, placement);
    this.repack = repack;
    this.machine = machine;
    this.packed = new PackedWeights(machine);
    this.weights = new LoadedWeights(packed, machine);
  }

  WorkerPool pool() {
    return pool;
  }

  @Override
  public CpuKernels kernels() {
    return machine == null ? CpuKernels.VECTOR : machine.kind();
  }

  @Override
  public List<String> warnings() {
    return pool.warnings();
  }

  @Override
  public boolean supports(TensorType type) {
    return type.holdsWeights();
  }

  @Override
  public MemoryPlan plan(List<Segment> segments, RuntimeConfig config) {
    long cache =
        Stream.concat(
                ops(segments, Op.Attention.class).map(op -> KvCache.bytes(op, config)),
                ops(segments, Op.DecayingSum.class).map(op -> DecayingSumStep.bytes(op, config)))
            .reduce(0L, Math::addExact);
    long scratch =
        Activations.bytes(segments, config)
            + productsBytes(segments, config)
            + ops(segments, Op.Attention.class)
                .mapToLong(op -> AttentionBuffers.bytes(op, config, pool.threads()))
                .max()
                .orElse(0);
    return new MemoryPlan(weights.bytes(repacked(segments), plain(segments)), cache, scratch, 0);
  }

  /** Bytes of the rounded activations of the widest product. */
  private long productsBytes(List<Segment> segments, RuntimeConfig config) {
    return ops(segments, Op.MatMul.class)
        .map(Op.MatMul::weight)
        .filter(weight -> isRepacked(weight) || repacksEachTime(weight))
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

  private boolean isRepacked(GgufTensor weight) {
    return repack && packed.bytes(weight) > 0;
  }

  /** Whether a product rounds its activations although the weights are in the file's layout. */
  private boolean repacksEachTime(GgufTensor weight) {
    return machine != null && packed.bytes(weight) > 0;
  }

  private List<GgufTensor> repacked(List<Segment> segments) {
    return ops(segments, Op.MatMul.class)
        .map(Op.MatMul::weight)
        .filter(this::isRepacked)
        .distinct()
        .toList();
  }

  /** Weights that are used in the file's layout. */
  private List<GgufTensor> plain(List<Segment> segments) {
    return Stream.concat(
            ops(segments, Op.Embed.class).map(Op.Embed::table),
            ops(segments, Op.MatMul.class)
                .map(Op.MatMul::weight)
                .filter(weight -> !isRepacked(weight)))
        .distinct()
        .toList();
  }

  /**
   * @throws MemoryException if the weights or the KV cache do not fit the memory
   */
  @Override
  @SuppressWarnings("MustBeClosed") // the stack owns the arena and closes it
  public LayerStack load(List<Segment> segments, RuntimeConfig config) {
    Arena arena = Arena.ofShared();
    try {
      weights.load(repacked(segments), plain(segments), pool);
      return new CpuLayerStack(
          pool, weights, products(arena), machine, segments, rows(), config, arena);
    } catch (OutOfMemoryError e) {
      arena.close();
      MemoryPlan plan = plan(segments, config);
      throw new MemoryException(
          "out of memory: copies of the weights take %d MiB, the KV cache %d MiB and buffers %d MiB"
              .formatted(plan.weights() >> 20, plan.kvCache() >> 20, plan.scratch() >> 20),
          plan,
          0,
          e);
    }
  }

  /** Row programs of one stack: stacks may run at the same time, and loops have working memory. */
  private RowKernels rows() {
    return machine == null ? new PortableRows.Kernels(pool.threads()) : machine.rows();
  }

  /** Products with repacked weights; null if there are none. */
  private PackedProducts products(Arena arena) {
    if (machine != null) {
      return new MachineProducts(machine, arena);
    }
    return repack ? new PackedInput() : null;
  }

  @Override
  public void close() {
    pool.close();
    weights.close();
  }
}
