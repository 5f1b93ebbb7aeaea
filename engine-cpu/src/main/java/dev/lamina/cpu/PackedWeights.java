package dev.lamina.cpu;

import dev.lamina.cpu.kernel.PackedInput;
import dev.lamina.cpu.kernel.PackedMatrix;
import dev.lamina.cpu.kernel.Packing;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.cpu.system.LargePages;
import dev.lamina.gguf.GgufTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.IdentityHashMap;
import java.util.List;

/** Repacked copies of weight matrices. All stacks of a backend share them. Owns their memory. */
final class PackedWeights implements AutoCloseable {
  private static final int STRIPS_PER_TASK = 4;

  private final MachineKernels machine;
  private final boolean dense;
  private final Arena arena = Arena.ofShared();
  private final IdentityHashMap<GgufTensor, PackedMatrix> matrices = new IdentityHashMap<>();

  /**
   * @param machine null to multiply with the Vector API
   */
  PackedWeights(MachineKernels machine) {
    this.machine = machine;
    this.dense = machine != null && machine.dense();
  }

  /** Bytes of a copy; 0 if the type is not repacked. */
  long bytes(GgufTensor tensor) {
    if (machine == null && !PackedInput.multiplies(tensor.type())) {
      return 0;
    }
    return PackedMatrix.bytes(tensor.type(), (int) tensor.rows(), (int) tensor.columns(), dense);
  }

  /**
   * Repacks the tensors that are not repacked yet.
   *
   * @throws OutOfMemoryError if memory does not suffice; then none is packed
   */
  synchronized void pack(List<GgufTensor> tensors, WorkerPool pool) {
    List<GgufTensor> missing =
        tensors.stream().filter(t -> bytes(t) > 0 && !matrices.containsKey(t)).distinct().toList();
    if (missing.isEmpty()) {
      return;
    }
    long bytes = missing.stream().mapToLong(this::bytes).reduce(0, Math::addExact);
    SegmentAllocator memory = SegmentAllocator.slicingAllocator(LargePages.allocate(bytes, arena));
    Scratch[] scratch = new Scratch[pool.threads()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new Scratch();
    }
    for (GgufTensor tensor : missing) {
      PackedMatrix matrix =
          PackedMatrix.allocate(
              tensor.type(), (int) tensor.rows(), (int) tensor.columns(), dense, memory);
      WeightRows source = new WeightRows(tensor, tensor.memory());
      int strips = matrix.nStrips();
      pool.run(
          Math.ceilDiv(strips, STRIPS_PER_TASK),
          (task, worker) -> {
            int end = Math.min(strips, (task + 1) * STRIPS_PER_TASK);
            for (int strip = task * STRIPS_PER_TASK; strip < end; strip++) {
              int first = strip * Packing.ROWS;
              MemorySegment rows = source.rows(first, matrix.stripRows(strip), scratch[worker]);
              if (machine == null) {
                matrix.pack(strip, rows, scratch[worker]);
              } else {
                machine.pack(matrix, strip, rows, scratch[worker]);
              }
            }
          });
      matrices.put(tensor, matrix);
      // The file's pages may leave memory; pages of embeddings come back with the next look-up.
      if (tensor.isMapped()) {
        tensor.data().unload();
      }
    }
  }

  /** The copy of a matrix; null if there is no usable one. */
  synchronized PackedMatrix get(GgufTensor tensor) {
    PackedMatrix matrix = matrices.get(tensor);
    return matrix != null && matrix.usable() ? matrix : null;
  }

  @Override
  public void close() {
    arena.close();
  }
}
