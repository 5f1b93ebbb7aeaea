package dev.lamina.cpu;

import dev.lamina.cpu.kernel.PackedMatrix;
import dev.lamina.cpu.kernel.PackedProducts;
import dev.lamina.cpu.kernel.Packing;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.gguf.GgufTensor;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * A repacked matrix that is filled as it is used, so that no text waits for a stage of its own, and
 * pages are first touched by the thread that will read them. The first product with some rows does
 * without if it can: to get the memory from the system takes longer than everything else until the
 * first token. Thread-safe.
 */
final class PackedCopy {
  private static final int UNUSED = 0;
  private static final int RAW = 1;
  private static final int BUSY = 2;

  /** The chunk can be used. */
  static final int READY = 3;

  /** A scale is not finite, so these rows must be multiplied in the file's layout. */
  static final int SPOILT = 4;

  private final GgufTensor tensor;
  private final PackedMatrix matrix;
  private final MachineKernels machine;
  private final WeightRows source;

  /** Of each {@link PackedProducts#ROWS} rows. */
  private final AtomicIntegerArray states;

  /** Number of chunks that cannot be used; a spoilt one never can. */
  private final AtomicInteger left;

  /**
   * @param matrix to be filled
   * @param machine null to repack without machine code
   */
  PackedCopy(GgufTensor tensor, PackedMatrix matrix, MachineKernels machine) {
    this.tensor = tensor;
    this.matrix = matrix;
    this.machine = machine;
    this.source = new WeightRows(tensor, tensor.memory());
    int chunks = Math.ceilDiv(matrix.rows(), PackedProducts.ROWS);
    this.states = new AtomicIntegerArray(chunks);
    this.left = new AtomicInteger(chunks);
  }

  PackedMatrix matrix() {
    return matrix;
  }

  /** Number of parts that are packed by themselves. */
  int chunks() {
    return states.length();
  }

  /** Whether all chunks can be used. */
  boolean isComplete() {
    return left.get() == 0;
  }

  /** Whether a chunk is wanted for the first time. */
  boolean isFirst(int chunk) {
    return states.get(chunk) == UNUSED && states.compareAndSet(chunk, UNUSED, RAW);
  }

  /**
   * Packs a chunk unless it is packed.
   *
   * @param scratch of the worker
   * @return {@link #READY} or {@link #SPOILT}
   * @throws dev.lamina.gguf.GgufFormatException if the file has become shorter since it was opened
   */
  int pack(int chunk, Scratch scratch) {
    int state = states.get(chunk);
    while (state < READY) {
      if (state != BUSY && states.compareAndSet(chunk, state, BUSY)) {
        fill(chunk, scratch);
      } else {
        Thread.onSpinWait();
      }
      state = states.get(chunk);
    }
    return state;
  }

  private void fill(int chunk, Scratch scratch) {
    int result = RAW; // if it fails, the next one tries again
    try {
      result = packStrips(chunk, scratch) ? READY : SPOILT;
    } finally {
      states.set(chunk, result);
    }
    if (result == READY && left.decrementAndGet() == 0 && tensor.isMapped()) {
      // The file's pages may leave memory; pages of embeddings come back with the next look-up.
      tensor.data().unload();
    }
  }

  private boolean packStrips(int chunk, Scratch scratch) {
    int strips = PackedProducts.ROWS / Packing.ROWS;
    int end = Math.min(matrix.nStrips(), (chunk + 1) * strips);
    boolean finite = true;
    for (int strip = chunk * strips; strip < end; strip++) {
      MemorySegment rows =
          source.rows((long) strip * Packing.ROWS, matrix.stripRows(strip), scratch);
      finite &=
          machine == null
              ? matrix.pack(strip, rows, scratch)
              : machine.pack(matrix, strip, rows, scratch);
    }
    return finite;
  }
}
