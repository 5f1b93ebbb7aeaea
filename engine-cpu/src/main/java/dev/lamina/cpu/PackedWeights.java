package dev.lamina.cpu;

import dev.lamina.cpu.kernel.PackedInput;
import dev.lamina.cpu.kernel.PackedMatrix;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.cpu.system.LargePages;
import dev.lamina.gguf.GgufTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/** Repacked copies of weight matrices. All stacks of a backend share them. Owns their memory. */
final class PackedWeights implements AutoCloseable {
  private final MachineKernels machine;
  private final boolean dense;
  private final Arena arena = Arena.ofShared();
  private final IdentityHashMap<GgufTensor, PackedCopy> copies = new IdentityHashMap<>();

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
   * Makes copies of the tensors that have none yet. Those of mapped tensors are filled when they
   * are used, the others now, so that the file is no longer needed.
   *
   * @throws OutOfMemoryError if memory does not suffice; then there are no new copies
   * @throws dev.lamina.gguf.GgufFormatException if the file has become shorter since it was opened
   */
  synchronized void add(List<GgufTensor> tensors, WorkerPool pool) {
    List<GgufTensor> missing =
        tensors.stream().filter(t -> bytes(t) > 0 && !copies.containsKey(t)).distinct().toList();
    if (missing.isEmpty()) {
      return;
    }
    long bytes = missing.stream().mapToLong(this::bytes).reduce(0, Math::addExact);
    SegmentAllocator memory = SegmentAllocator.slicingAllocator(LargePages.allocate(bytes, arena));
    List<PackedCopy> now = new ArrayList<>();
    for (GgufTensor tensor : missing) {
      int rows = (int) tensor.rows();
      int columns = (int) tensor.columns();
      PackedMatrix matrix = PackedMatrix.allocate(tensor.type(), rows, columns, dense, memory);
      PackedCopy copy = new PackedCopy(tensor, matrix, machine);
      copies.put(tensor, copy);
      if (!tensor.isMapped()) {
        now.add(copy);
      }
    }
    pack(now, pool);
  }

  private static void pack(List<PackedCopy> copies, WorkerPool pool) {
    Scratch[] scratch = new Scratch[pool.threads()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new Scratch();
    }
    for (PackedCopy copy : copies) {
      pool.run(copy.chunks(), (chunk, worker) -> copy.pack(chunk, scratch[worker]));
    }
  }

  /** The copy of a matrix; null if it has none. */
  synchronized PackedCopy get(GgufTensor tensor) {
    return copies.get(tensor);
  }

  @Override
  public void close() {
    arena.close();
  }
}
