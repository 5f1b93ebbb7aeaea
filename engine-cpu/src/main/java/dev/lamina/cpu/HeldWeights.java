package dev.lamina.cpu;

import dev.lamina.cpu.system.LargePages;
import dev.lamina.gguf.GgufTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Weights in the file's layout, read into memory because the file is not mapped. All stacks of a
 * backend share them. Owns their memory.
 */
final class HeldWeights implements AutoCloseable {
  private static final long STEP = 4L << 20;
  private static final long ALIGNMENT = 64;

  private final Arena arena = Arena.ofShared();
  private final IdentityHashMap<GgufTensor, MemorySegment> tensors = new IdentityHashMap<>();

  /** Bytes needed to hold a tensor; 0 if the tensor is mapped or already in memory. */
  static long bytes(GgufTensor tensor) {
    boolean elsewhere = tensor.isMapped() || tensor.isInMemory() || tensor.isRestored();
    return elsewhere ? 0 : tensor.byteSize();
  }

  /**
   * Reads the tensors that are not in memory yet.
   *
   * @throws OutOfMemoryError if memory does not suffice; then none is held
   * @throws dev.lamina.gguf.GgufFormatException if the file has become shorter since it was opened
   */
  synchronized void hold(List<GgufTensor> wanted, WorkerPool pool) {
    List<GgufTensor> missing =
        wanted.stream().filter(t -> bytes(t) > 0 && !tensors.containsKey(t)).distinct().toList();
    if (missing.isEmpty()) {
      return;
    }
    long bytes = missing.stream().mapToLong(HeldWeights::room).reduce(0, Math::addExact);
    MemorySegment memory = LargePages.allocate(bytes, arena);
    long at = 0;
    for (GgufTensor tensor : missing) {
      MemorySegment held = memory.asSlice(at, tensor.byteSize());
      at += room(tensor);
      long size = held.byteSize();
      pool.run(
          Math.toIntExact(Math.ceilDiv(size, STEP)),
          (task, worker) -> {
            long from = task * STEP;
            tensor.copy(from, held, from, Math.min(STEP, size - from));
          });
      tensors.put(tensor, held.asReadOnly());
    }
  }

  /** Bytes of a tensor with padding, so that the next one is aligned. */
  private static long room(GgufTensor tensor) {
    return Math.ceilDiv(bytes(tensor), ALIGNMENT) * ALIGNMENT;
  }

  /** The whole tensor in memory; null if it is mapped. */
  synchronized MemorySegment get(GgufTensor tensor) {
    MemorySegment held = tensors.get(tensor);
    return held != null ? held : tensor.memory();
  }

  @Override
  public void close() {
    arena.close();
  }
}
